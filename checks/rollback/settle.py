"""Find the order in which the server takes a draft's statements."""

from __future__ import annotations

from collections.abc import Sequence

import psycopg

from checks.model import SqlError
from checks.sandbox.server import Database
from checks.sandbox.watchdog import time_limit
from checks.settings import Settings

Connection = psycopg.Connection[tuple[object, ...]]


def settle_in(
    database: Database, settings: Settings, statements: Sequence[str]
) -> tuple[str, ...] | SqlError:
    """``settle`` in a session like the tool's, within the time of one statement. Raises SandboxLost."""
    options = dict(settings.parameters)
    if settings.search_path is not None:
        options["search_path"] = settings.search_path
    with database.connect(options=options) as connection:
        try:
            with time_limit(database.server, connection, settings.limits.statement_seconds):
                return settle(connection, statements)
        except psycopg.OperationalError as error:
            return sql_error(error)


def settle(connection: Connection, statements: Sequence[str]) -> tuple[str, ...] | SqlError:
    """The statements in an order that runs, found by trying; what refuses waits for the others.

    All of it is rolled back. Returns the error of the first statement that never runs.
    """
    if runs_as_it_is(connection, statements):
        return tuple(statements)
    settled: list[str] = []
    waiting = list(statements)
    with connection.transaction(force_rollback=True):
        while waiting:
            refused: list[tuple[str, psycopg.Error]] = []
            for statement in waiting:
                error = attempt(connection, statement)
                if error is None:
                    settled.append(statement)
                else:
                    refused.append((statement, error))
            if len(refused) == len(waiting):
                return sql_error(refused[0][1])
            waiting = [statement for statement, _ in refused]
    return tuple(settled)


def runs_as_it_is(connection: Connection, statements: Sequence[str]) -> bool:
    """Without savepoints: after some commands (ALTER DOMAIN DROP CONSTRAINT) PostgreSQL takes none."""
    try:
        with connection.transaction(force_rollback=True):
            for statement in statements:
                connection.execute(statement.encode())
    except psycopg.Error:
        if connection.closed:
            raise
        return False
    return True


def attempt(connection: Connection, statement: str) -> psycopg.Error | None:
    """Run it, or leave everything as it was. Raises psycopg.Error when the session is gone."""
    try:
        with connection.transaction():
            connection.execute(statement.encode())
    except psycopg.Error as error:
        if connection.closed:
            raise
        return error
    return None


def sql_error(error: psycopg.Error) -> SqlError:
    diagnostics = error.diag
    return SqlError(
        sqlstate=error.sqlstate or "",
        message=diagnostics.message_primary or str(error),
        hint=diagnostics.message_hint,
        detail=diagnostics.message_detail,
        context=diagnostics.context,
    )
