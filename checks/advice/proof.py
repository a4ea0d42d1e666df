"""Whether another way leads where the author's does: both are run, each on a clone of the state before it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import psycopg

from checks import trace
from checks.advice import words
from checks.advice.backfills import prove_batches
from checks.advice.chains import Chains, Taken
from checks.advice.ends import Author, end_of, same_rows, same_schema
from checks.advice.locks import Held, held, improvements, is_worse
from checks.advice.numbers import number_the_rows
from checks.advice.running import Disproved, failure, up_of
from checks.advice.way_back import way_back
from checks.backfill import BATCH
from checks.backfill.proof import NotProven
from checks.model.migrations import Migration
from checks.model.observations import Observation, Trace
from checks.plan.model import Phase, Step
from checks.rules.review import Step as Reviewing
from checks.rules.wording import short
from checks.sandbox.server import Database
from checks.sandbox.watchdog import time_limit
from checks.state import State


@dataclass(frozen=True)
class Proof:
    """That it leads to the same end."""

    seen: tuple[str, ...]
    """What running it showed, a sentence each."""
    closes: bool
    """Whether a table in use is closed to writers at all."""
    can_stop_half_way: bool = False
    """Whether one of its files commits statement by statement, and has several."""


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
        end = end_of(real, state)
        numbered = [step.numbers for one in chains.instead for step in one.steps if step.numbers]
        ends = (same_schema(author.end.schema, end.schema), same_rows(author, end.rows, numbered))
        numbers = [number_the_rows(column, real) for column in numbered]
        new = [
            one for taken, one in zip(chains.instead, traced, strict=True) if chains.is_new(taken.migration)
        ]
        was, now = (held(found, state.live.relations()) for found in (author.observed(chains.is_new), new))
        locks = [*_locks(was, now, replaced, batched=_batched(chains), staged=staged)]
        back = way_back(chains.instead, step, state, real)
    closes = any(one.moment and one.moment.blocks_writes for one in now.values())
    return Proof((*batches, *ends, *numbers, *locks, back), closes)


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
    up, settings, live = up_of(migration), state.settings, state.live.relations()
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
            raise Disproved(failure(seen.error, seen.line, seen.path))
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
