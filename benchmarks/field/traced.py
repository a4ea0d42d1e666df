"""``eugene trace``, which runs a change on a PostgreSQL as we do. It is given all that we are given.

It works on a copy of the database from which the labels are made, as the same user, with the rows in it. It puts each script into a
transaction itself, so BEGIN and COMMIT are left out; a change that is no transaction is a script for each of its statements. It
would start a server of its own, with ``initdb``, which refuses root: here it is told of one.
"""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import postgast
from psycopg import sql

from benchmarks.field.cases import TIMEOUTS, Case
from benchmarks.field.label import benches
from checks.sandbox import Database, Role

SECONDS = 300
ERROR = "error"
"""What stands for PostgreSQL's own error, with which it ends; ``hazards.toml`` calls it so."""


def trace(command: Sequence[str], cases: Sequence[Case]) -> dict[str, list[str]]:
    """The ids of its hints for each case, and ``error`` where a script did not get through. Raises SandboxError."""
    found: dict[str, list[str]] = {}
    for bench, group in benches(cases):
        for case in group:
            with bench.copy(case) as database:
                found[case.id] = _traced(command, case, database)
    return {case.id: found[case.id] for case in cases}


def _traced(command: Sequence[str], case: Case, database: Database) -> list[str]:
    scripts = scripts_of(case)
    with tempfile.TemporaryDirectory() as folder:
        for name, text in scripts.items():
            Path(folder, name).write_text(f"{text}\n")
        reports = list(_documents(_said(command, list(scripts), database, folder)))
    hints = [
        hint["id"]
        for one in reports
        for statement in one["statements"]
        for hint in statement["triggered_rules"]
    ]
    return hints if len(reports) == len(scripts) else [*hints, ERROR]


def scripts_of(case: Case) -> dict[str, str]:
    """File name → text, in the order in which they run."""
    statements = [one.strip() for one in postgast.split(case.change, method="scanner") if one.strip()]
    texts = [case.change] if case.transaction else statements
    if case.transaction and all("concurrently" in one.lower() for one in statements):
        texts = [case.text]  # such a script would run outside of a transaction, and the case is one inside
    return {f"{place:03}_change.sql": text for place, text in enumerate(texts, start=1)}


def _said(command: Sequence[str], names: Sequence[str], database: Database, folder: str) -> str:
    _set_timeouts(database)
    with database.connect(Role.APP) as application:
        info = application.info
        where = [
            "--host",
            info.host,
            "--port",
            str(info.port),
            "--user",
            info.user,
            "--database",
            info.dbname,
        ]
        environment = {**os.environ, "PGPASS": info.password}
    done = subprocess.run(
        [*command, "trace", "--disable-temporary", "--commit", "--format", "json", *where, *names],
        env=environment,
        capture_output=True,
        text=True,
        cwd=folder,
        timeout=SECONDS,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    return done.stdout


def _set_timeouts(database: Database) -> None:
    name = sql.Identifier(database.name)
    with database.connect(Role.ADMIN) as admin:
        for setting in TIMEOUTS.splitlines():
            admin.execute(sql.SQL("ALTER DATABASE {} {}").format(name, sql.SQL(setting)))  # type: ignore[arg-type]


def _documents(text: str) -> Iterator[dict[str, Any]]:
    """One JSON object for each script, one behind the other."""
    decoder, rest = json.JSONDecoder(), text.lstrip()
    while rest:
        found, end = decoder.raw_decode(rest)
        yield found
        rest = rest[end:].lstrip()
