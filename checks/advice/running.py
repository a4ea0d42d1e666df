"""Migrations of another way, run on a clone as far as they go; why it does not hold, when it does not."""

from __future__ import annotations

from collections.abc import Sequence

from checks.advice import words
from checks.model.migrations import Migration, Script, TransactionMode
from checks.model.observations import SqlError
from checks.replay.execute import Outcome, execute
from checks.sandbox.server import Database
from checks.state import State


class Disproved(Exception):
    """It does not hold; the message says why, as the end of a sentence."""


def run_all(database: Database, migrations: Sequence[Migration], state: State) -> None:
    """Run them without watching. Raises Disproved."""
    for migration in migrations:
        outcome = execute(database, [up_of(migration)], state.settings)
        if not outcome.committed:
            raise Disproved(_why(outcome, migration))


def _why(outcome: Outcome, migration: Migration) -> str:
    if outcome.error and outcome.statement:
        return failure(outcome.error, outcome.statement.line, outcome.statement.path)
    return words.LEFT_OPEN.format(path=migration.path)


def failure(error: SqlError, line: int, path: str) -> str:
    return words.FAILS.format(line=line, path=path, message=error.message, sqlstate=error.sqlstate)


def up_of(migration: Migration) -> Script:
    return migration.up or Script(statements=(), transaction=TransactionMode.AUTOCOMMIT)


def run_back(database: Database, script: Script, state: State) -> None:
    outcome = execute(database, [script], state.settings)
    if outcome.error:
        raise Disproved(
            words.BACK_FAILS.format(message=outcome.error.message, sqlstate=outcome.error.sqlstate)
        )
