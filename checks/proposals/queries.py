"""Validation queries: one SELECT each, run where nothing can be written, of which only one row is asked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import psycopg
from google.protobuf.message import Message

from checks.errors import SandboxLost
from checks.sandbox.server import Database
from checks.sandbox.watchdog import time_limit
from checks.settings import Settings
from checks.sql.parse import find, parse

NO_SELECT = "Validation query {number} is not one SELECT that only reads."
GIVES_A_ROW = "Validation query {number} gives a row, so something is wrong after it ran."
FAILS = "Validation query {number} fails: SQLSTATE {sqlstate}."
SECONDS = 10.0
"""Of one query."""

_WRITES = ("InsertStmt", "UpdateStmt", "DeleteStmt", "MergeStmt", "IntoClause", "LockingClause")


def faults(queries: Sequence[str], database: Database, settings: Settings) -> Iterator[str]:
    """What is wrong, by the queries' own word; never a value. Raises SandboxLost."""
    for number, query in enumerate(queries, start=1):
        tree = parse(query.strip().rstrip(";"))
        if tree is None or not _only_reads(tree):
            yield NO_SELECT.format(number=number)
        elif fault := _fault(query.strip().rstrip(";"), database, settings):
            yield fault.format(number=number)


def _only_reads(tree: Message) -> bool:
    return type(tree).__name__ == "SelectStmt" and next(find(tree, *_WRITES), None) is None


def _fault(query: str, database: Database, settings: Settings) -> str:
    options = {**settings.parameters, "default_transaction_read_only": "on"}
    if settings.search_path is not None:
        options["search_path"] = settings.search_path
    with database.connect(options=options) as connection:
        try:
            with time_limit(database.server, connection, SECONDS):
                return GIVES_A_ROW if _has_row(connection, query) else ""
        except psycopg.Error as error:
            if not database.server.is_alive():
                raise SandboxLost(database.server.why_lost()) from error
            return FAILS.format(number="{number}", sqlstate=error.sqlstate or "unknown")


def _has_row(connection: psycopg.Connection[tuple[object, ...]], query: str) -> bool:
    """Through a cursor of the server, so that a large answer stays there."""
    with connection.transaction(force_rollback=True):
        connection.execute("SET TRANSACTION READ ONLY")
        connection.execute(f"DECLARE validation CURSOR FOR SELECT 1 FROM ({query}\n) AS wrong".encode())
        return connection.execute("FETCH 1 FROM validation").fetchone() is not None
