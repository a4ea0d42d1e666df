"""The way back of another way: whether it leads to the schema before, and what of the author's own down stays in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from checks import catalog
from checks.advice import words
from checks.advice.chains import Taken
from checks.advice.ends import material
from checks.advice.running import Disproved, run_all, run_back
from checks.catalog import Catalog
from checks.model.migrations import Script, Statement, TransactionMode
from checks.model.rollback import RollbackStatus
from checks.plan.files import WayBack
from checks.plan.model import Phase, Step
from checks.replay.execute import execute
from checks.rules.review import Step as Reviewing
from checks.sandbox.server import Database
from checks.sql.parse import command_tag
from checks.state import State

ROWS = frozenset({"INSERT", "UPDATE", "DELETE", "MERGE", "COPY", "TRUNCATE TABLE", "SELECT", "DO"})
"""Commands of a down whose effect the catalogs do not show."""


def way_back(taken: Sequence[Taken], step: Reviewing, state: State, behind: Database) -> str:
    """From the last migration that takes nothing away to the state before the first. ``behind``: where all have run."""
    last = next((place for place, one in enumerate(taken) if _takes_away(one.steps)), len(taken))
    kept = taken[:last]
    with _where_they_ran(kept, state, behind if last == len(taken) else None) as database:
        if not kept or not _has_its_own(step):
            # What stays of the author's migration has no way back: that of the steps alone is tried.
            for one in reversed(kept):
                run_back(database, _undo(one), state)
            return words.NO_WAY_BACK
        for one in reversed(kept):
            run_back(database, _down(one), state)
        with catalog.Reader(database, state.reading) as reader:
            _is_as_before(step.before, reader.read())
    return (
        words.BACK if last == len(taken) else words.BACK_UNTIL.format(path=f"`{taken[last].migration.path}`")
    )


def _has_its_own(step: Reviewing) -> bool:
    return not step.proof.drafted and step.proof.status in (RollbackStatus.RESTORED, RollbackStatus.DATA_LOST)


@contextmanager
def _where_they_ran(kept: Sequence[Taken], state: State, behind: Database | None) -> Iterator[Database]:
    if behind is not None:
        yield behind
        return
    with state.database.clone("back") as clone:
        run_all(clone, [one.migration for one in kept], state)
        yield clone


def _takes_away(steps: Sequence[Step]) -> bool:
    return any(step.phase is Phase.CONTRACT and not step.undo for step in steps)


def _is_as_before(before: Catalog, after: Catalog) -> None:
    if differences := material(catalog.compare(before, after)):
        raise Disproved(words.NO_BACK.format(difference=differences[0]))


def _down(one: Taken) -> Script:
    return _undo(one) if one.migration.down is None else one.migration.down


def _undo(one: Taken) -> Script:
    """The way back of its steps, where the tool has no file for it."""
    statements = [
        Statement(sql=sql, path=one.migration.path, line=step.line, end_line=step.line)
        for step in reversed(one.steps)
        for sql in step.undo
    ]
    return Script(statements=tuple(statements), transaction=TransactionMode.AUTOCOMMIT)


def settled_way_back(own: Taken, step: Reviewing, state: State) -> WayBack:
    """Which statements of the author's down still have something to undo, and whether the steps' own has to be added.

    Found by trying: a statement that fails, or changes nothing, belongs to what has moved to another migration.
    """
    down = step.migration.down
    if down is None or not down.statements:
        return WayBack()
    plain = _without_failing(own, down, step, state)
    return WayBack(without=plain) if plain is not None else WayBack(_without_useless(own, down, state), True)


def _without_failing(own: Taken, down: Script, step: Reviewing, state: State) -> frozenset[int] | None:
    """The statements that fail; None when the others do not lead to the schema before."""
    with state.database.clone("settle") as clone, catalog.Reader(clone, state.reading) as reader:
        run_all(clone, [own.migration], state)
        ran = [_runs(statement, clone, state) for statement in down.statements]
        if material(catalog.compare(step.before, reader.read())):
            return None
    return frozenset(index for index, did in enumerate(ran) if not did)


def _without_useless(own: Taken, down: Script, state: State) -> frozenset[int]:
    """The statements that fail or change nothing behind the way back of the steps."""
    without: set[int] = set()
    with state.database.clone("settle") as clone, catalog.Reader(clone, state.reading) as reader:
        run_all(clone, [own.migration], state)
        run_back(clone, _undo(own), state)
        now = reader.read()
        for index, statement in enumerate(down.statements):
            ran = _runs(statement, clone, state)
            was, now = now, reader.read()
            if not ran or (was == now and command_tag(statement.sql) not in ROWS):
                without.add(index)
    return frozenset(without)


def _runs(statement: Statement, database: Database, state: State) -> bool:
    one = Script(statements=(statement,), transaction=TransactionMode.AUTOCOMMIT)
    return execute(database, [one], state.settings).committed
