"""Run a command against a database of the sandbox, through the proxy, within a time."""

from __future__ import annotations

import re
import shutil
import signal
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from checks.errors import UsageError
from checks.sandbox.server import Database, Role
from checks.sandbox.sessions import Sessions
from checks.wire.kept import run_kept
from checks.wire.proxy import listening
from checks.wire.recorded import Recorded

_LIBPQ = re.compile(r"PG[A-Z]+")
"""The environment's words about the user's own servers: ``PGHOSTADDR`` or ``PGSERVICE`` would lead the command there."""
STARTED_BY = "Name a program and its arguments: migration trace -- …"
PYTHON3 = "There is no `python` here: name `python3`, or the one of the project's virtual environment."
EXPIRED = "was ended after {seconds:g} s"
KILLED = "was killed by {signal}"
ENDED = "ended with exit code {code}"


@dataclass(frozen=True)
class Heard:
    """What came of a command."""

    command: str
    recorded: tuple[Recorded, ...]
    exit_code: int
    """Negative: the signal that ended it."""
    expired: bool = False
    """Its time was over."""
    elsewhere: tuple[str, ...] = ()
    """What it wanted beside its database, each as a sentence without its full stop."""
    seconds: float = 0.0
    """How long it was given."""
    printed: str = ""
    """Its result, where it was run for that."""

    @property
    def ending(self) -> str:
        """How it ended, as the end of a sentence."""
        if self.expired:
            return EXPIRED.format(seconds=self.seconds)
        if self.exit_code < 0:
            return KILLED.format(signal=_signal(-self.exit_code))
        return ENDED.format(code=self.exit_code)


def run_command(
    command: Sequence[str],
    database: Database,
    *,
    folder: Path,
    environment: Mapping[str, str],
    seconds: float,
    for_its_result: bool = False,
) -> Heard:
    """Its output goes where ours does not: to standard error. Raises UsageError when there is no such program.

    ``for_its_result``: what it prints is kept, and nothing is shown.

    ``environment`` is what it may know; the variables that lead to the database are added, and take the place of all
    that leads to others.
    """
    server = database.server
    assert isinstance(server, Sessions)
    printed = bytearray() if for_its_result else None
    kept = {name: value for name, value in environment.items() if not _LIBPQ.fullmatch(name)}
    with listening(server.address, database.name) as proxy:
        leads = variables(proxy.port, server, database.name)
        password = leads["PGPASSWORD"]
        try:
            ended = run_kept(command, folder, {**kept, **leads}, seconds, password, printed)
        except OSError as error:
            raise UsageError(
                f"{command[0]} cannot be started: {error.strerror}", hint=_hint(command[0])
            ) from error
    said = tuple(one.without(password) for one in proxy.recorded)
    result = bytes(printed or b"").decode(errors="replace")
    return Heard(command[0], said, ended.exit_code, ended.expired, proxy.refused, seconds, result)


def _signal(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def _hint(program: str) -> str:
    return PYTHON3 if program == "python" and shutil.which("python3") else STARTED_BY


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
