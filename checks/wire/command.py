"""Run a command against a database of the sandbox, through the proxy, within a time."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from checks.errors import UsageError
from checks.sandbox.server import Database, Role
from checks.sandbox.sessions import Sessions
from checks.wire.proxy import listening
from checks.wire.recorded import Recorded

GRACE_SECONDS = 5
"""From asking a command to end until its whole group is ended."""


@dataclass(frozen=True)
class Heard:
    """What came of a command."""

    command: str
    recorded: tuple[Recorded, ...]
    exit_code: int
    """Negative: the signal that ended it."""
    expired: bool = False
    """Its time was over."""


def run_command(
    command: Sequence[str],
    database: Database,
    *,
    folder: Path,
    environment: Mapping[str, str],
    seconds: float,
) -> Heard:
    """Its output goes where ours does not: to standard error. Raises UsageError when there is no such program.

    ``environment`` is what it may know; the variables that lead to the database are added.
    """
    server = database.server
    assert isinstance(server, Sessions)
    with listening(server.address) as proxy:
        leads = variables(proxy.port, server, database.name)
        exit_code, expired = _run(command, folder, {**environment, **leads}, seconds)
        return Heard(command[0], proxy.recorded, exit_code, expired)


def variables(port: int, server: Sessions, database: str) -> dict[str, str]:
    """What programs read to find their database: libpq's, ``DATABASE_URL``, and the names that frameworks use."""
    user = server.address.names[Role.APP]
    password = server.address.passwords.get(Role.APP) or ""
    place = f"127.0.0.1:{port}/{quote(database)}"
    url = f"postgresql://{quote(user)}:{quote(password)}@{place}"
    jdbc = f"jdbc:postgresql://{place}?user={quote(user)}&password={quote(password)}"
    return {
        "DATABASE_URL": url,
        "POSTGRES_URL": url,
        "JDBC_DATABASE_URL": jdbc,
        "PGHOST": "127.0.0.1",
        "PGPORT": str(port),
        "PGUSER": user,
        "PGPASSWORD": password,
        "PGDATABASE": database,
        "PGSSLMODE": "disable",
        "FLYWAY_URL": f"jdbc:postgresql://{place}",
        "FLYWAY_USER": user,
        "FLYWAY_PASSWORD": password,
        "LIQUIBASE_COMMAND_URL": f"jdbc:postgresql://{place}",
        "LIQUIBASE_COMMAND_USERNAME": user,
        "LIQUIBASE_COMMAND_PASSWORD": password,
        **{f"{prefix}_HOST": "127.0.0.1" for prefix in ("POSTGRES", "DB")},
        **{f"{prefix}_PORT": str(port) for prefix in ("POSTGRES", "DB")},
        **{f"{prefix}_USER": user for prefix in ("POSTGRES", "DB")},
        **{f"{prefix}_PASSWORD": password for prefix in ("POSTGRES", "DB")},
        **dict.fromkeys(("POSTGRES_DB", "DB_NAME", "DB_DATABASE"), database),
    }


def _run(
    command: Sequence[str], folder: Path, environment: Mapping[str, str], seconds: float
) -> tuple[int, bool]:
    try:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=2,  # standard output is the report's
            start_new_session=True,
        )
    except OSError as error:
        raise UsageError(
            f"{command[0]} cannot be started: {error.strerror}",
            hint="Name a program and its arguments: migration trace -- …",
        ) from error
    try:
        return process.wait(seconds), False
    except subprocess.TimeoutExpired:
        return _end(process), True
    finally:
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> int:
    """The command and whatever it has started."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            return process.wait(GRACE_SECONDS)
    return process.wait()
