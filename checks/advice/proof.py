"""Whether another way leads where the author's does: both are run, each on a clone of the state before it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property

import psycopg

from checks import catalog, data, trace
from checks.advice import words
from checks.advice.backfills import prove_batches
from checks.advice.chains import Chains, Taken
from checks.advice.locks import Held, held, improvements, is_worse
from checks.backfill import BATCH
from checks.backfill.proof import NotProven
from checks.catalog import Catalog
from checks.data import DataFingerprint
from checks.model.differences import Difference, Significance
from checks.model.migrations import Migration, Script, Statement, TransactionMode
from checks.model.observations import Observation, SqlError, Trace
from checks.model.rollback import RollbackStatus
from checks.plan.files import WayBack
from checks.plan.model import Phase, Step
from checks.replay.execute import Outcome, execute
from checks.rules.review import Step as Reviewing
from checks.rules.wording import listed, short
from checks.sandbox.server import Database
from checks.sandbox.watchdog import time_limit
from checks.sql.parse import command_tag
from checks.state import State

ROWS = frozenset({"INSERT", "UPDATE", "DELETE", "MERGE", "COPY", "TRUNCATE TABLE", "SELECT", "DO"})
"""Commands of a down whose effect the catalogs do not show."""


class Disproved(Exception):
    """It does not hold; the message says why, as the end of a sentence."""


@dataclass(frozen=True)
class End:
    """What a chain of migrations leads to."""

    schema: Catalog
    rows: DataFingerprint


class Author:
    """What the author's migrations do on a state, as the review has seen it."""

    def __init__(self, state: State, migrations: Sequence[Migration], steps: Sequence[Reviewing]) -> None:
        self._state = state
        self._migrations = migrations
        known = {step.migration.path + step.migration.version: step for step in steps}
        self._steps = [known.get(one.path + one.version) for one in migrations]

    @cached_property
    def end(self) -> End:
        """Where the last of them ended, each having run on what those before it left; run once more where one did not."""
        last = self._steps[-1]
        if last is None or last.data_after is None or last.on_empty_tables:
            return self._run()
        return End(last.after, last.data_after)

    @cached_property
    def again(self) -> End:
        """Another run of the same: what differs then differs from run to run."""
        return self._run()

    def observed(self, asked: Callable[[Migration], bool]) -> list[tuple[Observation, ...]]:
        """What was seen of those of the migrations that are asked for."""
        both = zip(self._migrations, self._steps, strict=True)
        return [step.observations for migration, step in both if step and asked(migration)]

    def _run(self) -> End:
        with self._state.database.clone("author") as clone:
            run_all(clone, self._migrations, self._state)
            return _end(clone, self._state)


@dataclass(frozen=True)
class Proof:
    """That it leads to the same end."""

    seen: tuple[str, ...]
    """What running it showed, a sentence each."""
    closes: bool
    """Whether a table in use is closed to writers at all."""


def prove(
    chains: Chains,
    author: Author,
    step: Reviewing,
    replaced: Sequence[Observation],
    state: State,
    *,
    staged: bool,
) -> Proof:
    """Raises Disproved, and SandboxLost.

    ``replaced`` are the author's statements that go another way; none when only the waiting is another. ``staged``: it
    is there for the sake of the deploys between its steps, so that no lock has to become weaker.
    """
    with state.database.clone("alone") as alone, state.database.clone("instead") as real:
        batches, traced = _instead(chains.instead, alone, real, state)
        end = _end(real, state)
        ends = (_same_schema(author.end.schema, end.schema), _same_rows(author, end.rows))
        new = [
            one for taken, one in zip(chains.instead, traced, strict=True) if chains.is_new(taken.migration)
        ]
        was, now = (held(found, state.live.relations()) for found in (author.observed(chains.is_new), new))
        locks = [*_locks(was, now, replaced, batched=_batched(chains), staged=staged)]
        back = _way_back(chains.instead, step, state, real)
    closes = any(one.moment and one.moment.blocks_writes for one in now.values())
    return Proof((*batches, *ends, *locks, back), closes)


def _instead(
    taken: Sequence[Taken], alone: Database, real: Database, state: State
) -> tuple[list[str], list[tuple[Observation, ...]]]:
    """Run it as the reviewed migrations are run: statement by statement, and as the tool does; batches also disturbed."""
    seen: list[str] = []
    traced: list[tuple[Observation, ...]] = []
    for number, one in enumerate(taken):
        seen += _batches(one, real, state)
        traced.append(_traced(one.migration, alone, real, state, f"instead/{number}"))
        _check(real, one.steps, state)
    return seen, traced


def _batches(taken: Taken, ground: Database, state: State) -> list[str]:
    try:
        return [*prove_batches(taken, ground, state)]
    except NotProven as error:
        raise Disproved(str(error)) from error


def _traced(
    migration: Migration, alone: Database, real: Database, state: State, ids: str
) -> tuple[Observation, ...]:
    up, settings, live = _up(migration), state.settings, state.live.relations()
    single = trace.statement_by_statement(alone, up, settings, ids=ids, existing=live)
    _is_in_time(single, migration)
    together = trace.as_the_tool_runs_it(real, up, settings, ids=ids, existing=live)
    _has_run(together, migration)
    return trace.merge(single, together)


def _is_in_time(run: Trace, migration: Migration) -> None:
    if run.stopped_by in ("time limit", "resource limit"):
        raise Disproved(words.STOPPED.format(path=migration.path, limit=run.stopped_by))


def _has_run(run: Trace, migration: Migration) -> None:
    _is_in_time(run, migration)
    for seen in run.observations:
        if seen.error:
            raise Disproved(_failure(seen.error, seen.line, seen.path))
    if not run.committed:
        raise Disproved(words.LEFT_OPEN.format(path=migration.path))


def _check(database: Database, steps: Sequence[Step], state: State) -> None:
    for check in _checks(steps):
        with (
            database.connect() as session,
            time_limit(database.server, session, state.settings.limits.statement_seconds),
        ):
            try:
                left = session.execute(check.encode()).fetchone()
            except psycopg.errors.ProgrammingError as error:
                raise Disproved(
                    words.NO_CHECK.format(check=check, error=error.diag.message_primary)
                ) from error
            if left is not None:
                raise Disproved(words.CHECK.format(check=check))


def _checks(steps: Sequence[Step]) -> list[str]:
    """Of one file. What a step behind it in the same file clears away cannot be asked any more."""
    cleared = max((place for place, step in enumerate(steps) if step.phase is Phase.CONTRACT), default=0)
    return [step.check for step in steps[cleared:] if step.check]


def _end(database: Database, state: State) -> End:
    with catalog.Reader(database, state.reading) as reader:
        return End(reader.read(), data.fingerprint(database))


def _same_schema(wanted: Catalog, found: Catalog) -> str:
    differences = catalog.compare(wanted, found)
    if material := _material(differences):
        raise Disproved(words.SCHEMA.format(difference=material[0]))
    return words.ORDER if differences else words.SAME_SCHEMA


def _material(differences: Sequence[Difference]) -> list[Difference]:
    """All but the order of columns: a column that is added anew stands last, and names, not places, are what code uses."""
    return [one for one in differences if one.significance is not Significance.ORDER]


def _same_rows(author: Author, found: DataFingerprint) -> str:
    differ = _differ(author.end.rows, found)
    if not differ:
        return words.SAME_ROWS
    in_each_run = _differ(author.end.rows, author.again.rows)
    for relation, column in differ:
        if (relation, column) not in in_each_run:
            raise Disproved(words.ROWS.format(relation=short(f"{relation}.{column}" if column else relation)))
    return words.OTHER_VALUES.format(
        columns=listed(short(f"{relation}.{column}") for relation, column in differ)
    )


def _differ(one: DataFingerprint, other: DataFingerprint) -> list[tuple[str, str | None]]:
    losses = (*data.compare(one, other), *data.compare(other, one))
    return list(dict.fromkeys((loss.relation, loss.column) for loss in losses))


def _locks(
    was: Mapping[str, Held],
    now: Mapping[str, Held],
    replaced: Sequence[Observation],
    *,
    batched: bool,
    staged: bool,
) -> Iterator[str]:
    if worse := is_worse(was, now):
        raise Disproved(words.WORSE.format(relation=short(worse)))
    if not replaced:
        return
    better = dict(improvements(was, now))
    closed = [relation for relation in _locked(replaced) if relation in was and was[relation].closing]
    if closed and not any(relation in better for relation in closed):
        raise Disproved(words.NOT_BETTER)
    if not (better or batched or staged):
        raise Disproved(words.NOT_BETTER)
    yield from better.values() or [words.SAME_LOCKS]
    if batched:
        yield words.BATCHES.format(rows=BATCH)


def _locked(observations: Sequence[Observation]) -> set[str]:
    return {lock.relation for seen in observations for lock in seen.locks}


def _batched(chains: Chains) -> bool:
    """Whether a part of it is a block that commits after each batch."""
    return any(sql.startswith("DO ") for one in chains.instead for step in one.steps for sql in step.sql)


def run_all(database: Database, migrations: Sequence[Migration], state: State) -> None:
    """Run them without watching. Raises Disproved."""
    for migration in migrations:
        outcome = execute(database, [_up(migration)], state.settings)
        if not outcome.committed:
            raise Disproved(_why(outcome, migration))


def _why(outcome: Outcome, migration: Migration) -> str:
    if outcome.error and outcome.statement:
        return _failure(outcome.error, outcome.statement.line, outcome.statement.path)
    return words.LEFT_OPEN.format(path=migration.path)


def _failure(error: SqlError, line: int, path: str) -> str:
    return words.FAILS.format(line=line, path=path, message=error.message, sqlstate=error.sqlstate)


def _up(migration: Migration) -> Script:
    return migration.up or Script(statements=(), transaction=TransactionMode.AUTOCOMMIT)


# ── the way back ────────────────────────────────────────────────────────────────────────────────────


def _way_back(taken: Sequence[Taken], step: Reviewing, state: State, behind: Database) -> str:
    """From the last migration that takes nothing away to the state before the first. ``behind``: where all have run."""
    last = next((place for place, one in enumerate(taken) if _takes_away(one.steps)), len(taken))
    kept = taken[:last]
    with _where_they_ran(kept, state, behind if last == len(taken) else None) as database:
        if not kept or not _has_its_own(step):
            # What stays of the author's migration has no way back: that of the steps alone is tried.
            for one in reversed(kept):
                _run_back(database, _undo(one), state)
            return words.NO_WAY_BACK
        for one in reversed(kept):
            _run_back(database, _down(one), state)
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
    if material := _material(catalog.compare(before, after)):
        raise Disproved(words.NO_BACK.format(difference=material[0]))


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


def _run_back(database: Database, script: Script, state: State) -> None:
    outcome = execute(database, [script], state.settings)
    if outcome.error:
        raise Disproved(
            words.BACK_FAILS.format(message=outcome.error.message, sqlstate=outcome.error.sqlstate)
        )


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
        if _material(catalog.compare(step.before, reader.read())):
            return None
    return frozenset(index for index, did in enumerate(ran) if not did)


def _without_useless(own: Taken, down: Script, state: State) -> frozenset[int]:
    """The statements that fail or change nothing behind the way back of the steps."""
    without: set[int] = set()
    with state.database.clone("settle") as clone, catalog.Reader(clone, state.reading) as reader:
        run_all(clone, [own.migration], state)
        _run_back(clone, _undo(own), state)
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
