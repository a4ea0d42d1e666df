"""Find the order in which the server takes a draft's statements."""

from __future__ import annotations

from collections.abc import Sequence

import psycopg

from checks.model.observations import SqlError
from checks.rollback.draft import Step
from checks.sandbox.server import Database
from checks.sandbox.watchdog import time_limit
from checks.settings import Settings

Connection = psycopg.Connection[tuple[object, ...]]


def settle_in(database: Database, settings: Settings, steps: Sequence[Step]) -> tuple[str, ...] | SqlError:
    """``settle`` in a session like the tool's, within the time of one statement. Raises SandboxLost."""
    options = dict(settings.parameters)
    if settings.search_path is not None:
        options["search_path"] = settings.search_path
    with database.connect(options=options) as connection:
        try:
            with time_limit(database.server, connection, settings.limits.statement_seconds):
                return settle(connection, steps)
        except psycopg.OperationalError as error:
            return sql_error(error)


def settle(connection: Connection, steps: Sequence[Step]) -> tuple[str, ...] | SqlError:
    """The statements of all steps in an order that runs, found by trying; what refuses waits for the others.

    All of it is rolled back. Returns an error of the steps that never run.
    """
    if runs_as_it_is(connection, steps):
        return tuple(statement for step in steps for statement in step)
    settled: list[str] = []
    waiting = list(steps)
    with connection.transaction(force_rollback=True):
        while waiting:
            refused: list[tuple[Step, psycopg.Error]] = []
            for step in waiting:
                error = attempt(connection, step)
                if error is None:
                    settled += step
                else:
                    refused.append((step, error))
            if len(refused) == len(waiting):
                return sql_error(most_telling([error for _, error in refused]))
            waiting = [step for step, _ in refused]
    return tuple(settled)


def most_telling(errors: Sequence[psycopg.Error]) -> psycopg.Error:
    """What cannot be dropped only waits for another step that fails."""
    return next((one for one in errors if one.sqlstate != "2BP01"), errors[0])


def runs_as_it_is(connection: Connection, steps: Sequence[Step]) -> bool:
    """Without savepoints: after some commands (ALTER DOMAIN DROP CONSTRAINT) PostgreSQL takes none."""
    try:
        with connection.transaction(force_rollback=True):
            for step in steps:
                run(connection, step)
    except psycopg.Error:
        if connection.closed:
            raise
        return False
    return True


def attempt(connection: Connection, step: Step) -> psycopg.Error | None:
    """Run it, or leave everything as it was. Raises psycopg.Error when the session is gone."""
    try:
        with connection.transaction():
            run(connection, step)
    except psycopg.Error as error:
        if connection.closed:
            raise
        return error
    return None


def run(connection: Connection, step: Step) -> None:
    for statement in step:
        connection.execute(statement.encode())


def sql_error(error: psycopg.Error) -> SqlError:
    diagnostics = error.diag
    return SqlError(
        sqlstate=error.sqlstate or "",
        message=diagnostics.message_primary or str(error),
        hint=diagnostics.message_hint,
        detail=diagnostics.message_detail,
        context=diagnostics.context,
    )
