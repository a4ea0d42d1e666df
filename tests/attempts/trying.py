"""Take one change to the server that the tests share, and try the simple fixes for the migration that fails."""

from __future__ import annotations

from collections.abc import Mapping

from checks import catalog
from checks.attempts.trying import Trial, failure_in, proposed, try_each
from checks.change import compare_histories
from checks.data import Filled
from checks.frameworks import find_histories
from checks.model.findings import Attempt
from checks.model.migrations import Change
from checks.progress import silent
from checks.replay.execute import execute
from checks.reporting import Ground
from checks.sandbox.server import Database
from checks.settings import Settings
from checks.state import State
from checks.trees import MemoryTree
from checks.validate import run_all

SETTINGS = Settings()
Files = Mapping[str, str]


def tried(database: Database, base: Files, head: Files, rows: str = "") -> tuple[Attempt, ...]:
    """The attempts for the first migration that ``head`` adds; ``rows`` is SQL that fills the base's tables."""
    change = _change(base, {**base, **head})
    _build(database, change, rows)
    state = _state(database)
    tree = MemoryTree({**base, **head})
    place = f"{database.name}_steps"
    with database.clone(place) as clone, state.without_rows.clone(f"{place}_empty") as empty:
        steps = run_all(
            change, State(clone, empty, SETTINGS, state.reading, state.rows, state.ground), silent
        )
    failure = failure_in(change, steps, tree)
    trial = Trial(change.base, tree, SETTINGS, state, run_all, silent)
    try:
        return tuple(try_each(proposed(failure), failure, trial)) if failure else ()
    finally:
        database.server.drop(state.without_rows.name)


def _change(base: Files, head: Files) -> Change:
    histories = (find_histories(MemoryTree(files), SETTINGS) for files in (base, head))
    (change,) = compare_histories(*histories)
    return change


def _build(database: Database, change: Change, rows: str) -> None:
    for migration in change.base.migrations:
        assert migration.up is not None
        outcome = execute(database, [migration.up], SETTINGS)
        assert outcome.committed, outcome.error
    database.copy(_without_rows(database))
    if rows:
        with database.connect() as connection:
            connection.execute(rows.encode())


def _state(database: Database) -> State:
    reading = catalog.read_all(database)
    tables = dict.fromkeys(reading.catalog.tables(), 1)
    ground = Ground(database.server.info, 0, 0, (), Filled(rows=tables))
    return State(
        database, Database(database.server, _without_rows(database)), SETTINGS, reading, tables, ground
    )


def _without_rows(database: Database) -> str:
    return f"{database.name}_without"
