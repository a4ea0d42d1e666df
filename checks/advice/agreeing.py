"""A change that fails on the synthetic rows, on those of them that it takes: what else it does can be seen there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from time import monotonic

import psycopg
from psycopg import sql

from checks.advice.ways import IMPATIENT
from checks.model.findings import Finding
from checks.model.observations import Observation
from checks.plan.files import can_write
from checks.plan.recipes import has_recipe
from checks.production.agreeing import follows_of, make_agree, refuses_rows
from checks.production.weight import works_on
from checks.progress import Progress
from checks.reporting import Reviewed
from checks.rows import stopped_by_rows
from checks.sandbox.server import Database
from checks.sandbox.watchdog import end_if_asked_to
from checks.state import Run, State

SECONDS = 5.0
"""For finding out which rows those are."""


@dataclass(frozen=True)
class Agreed:
    """The same change on rows that it takes."""

    reviewed: Reviewed
    state: State
    line: int
    """Of the statement that refuses the others."""


@contextmanager
def agreeing(
    reviewed: Reviewed, findings: Sequence[Finding], state: State, run: Run, progress: Progress
) -> Iterator[Agreed | None]:
    """None when it fails on nothing, for another reason, or on all the rows of a table. The state stays as it is.

    Nor is it asked when none of the findings could get a way from it.
    """
    place = _where_it_fails(reviewed)
    if place is None or not _asks(findings, reviewed, place):
        yield None
        return
    steps = reviewed.review.steps[: place + 1]
    line = next(seen.line for seen in steps[-1].observations if seen.error)
    progress(f"leaving out the rows that line {line} of {steps[-1].migration.path} refuses")
    with state.copied("agreeing") as copied:
        if not _rows_agree(copied, [seen for step in steps for seen in step.observations]):
            yield None
            return
        review = replace(reviewed.review, steps=tuple(run(reviewed.change, copied, progress)))
        yield Agreed(replace(reviewed, review=review), copied, line)


def _where_it_fails(reviewed: Reviewed) -> int | None:
    """The place of the migration that what the rows hold stops."""
    steps = reviewed.review.steps
    place = next((place for place, step in enumerate(steps) if step.error), None)
    if place is None or not stopped_by_rows(steps[place]) or not refuses_rows(steps[place].observations):
        return None
    return place


def _asks(findings: Sequence[Finding], reviewed: Reviewed, place: int) -> bool:
    ids = {step.id for step in reviewed.review.steps[place:]}
    return can_write(reviewed.change.head.tool) and any(
        finding.migration in ids and (has_recipe(finding.rule) or finding.rule == IMPATIENT)
        for finding in findings
    )


def _rows_agree(state: State, observations: Sequence[Observation]) -> bool:
    """Leave out the rows that the statements refuse. False when the server refuses that, or no row is left of a table."""
    database, tables = state.database, dict(_tables(observations, state.rows))
    try:
        follows = follows_of(database, observations)
        make_agree(database, tables, follows, observations, state.settings, monotonic() + SECONDS)
        return all(_has_rows(database, table) for table in set(tables.values()))
    except psycopg.Error as error:
        end_if_asked_to(error)
        if not database.server.is_alive():
            raise
        return False


def _tables(observations: Sequence[Observation], rows: Mapping[str, int]) -> Iterator[tuple[int, str]]:
    """Number of a statement → the table with rows that it goes through."""
    for number, seen in enumerate(observations):
        if filled := [table for table in works_on(seen) if rows.get(table)]:
            yield number, filled[0]


def _has_rows(database: Database, table: str) -> bool:
    query = sql.SQL("SELECT FROM {} LIMIT 1").format(sql.Identifier(*table.split(".", 1)))
    with database.connect() as session:
        return session.execute(query).fetchone() is not None
