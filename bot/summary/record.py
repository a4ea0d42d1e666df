"""What a record says of a Report: errors, rows and requirements; what was tried; schema, goal, failures, data safety.

No line holds a value of a row or a literal of a statement.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

from bot.publish.attempts import attempt_line
from bot.publish.wording import counted, listed
from bot.summary.masking import masked, masked_sql
from checks.model.findings import Attempt
from checks.model.observations import Observation
from checks.model.report import Report
from checks.model.rollback import RollbackProof
from checks.model.tables import TableShape
from checks.sql.errors import without_values

MOST = 12
"""Of each kind of line in a record."""
COLUMNS = 20
FAILS = "`{path}` line {line} fails: {message} (SQLSTATE {sqlstate})."
UP = "Up of `{path}`: {ran} of {all} run."
DOWN = "Down of `{path}`: {status}. {reason}"
DOWN_FAILS = "It fails: {message} (SQLSTATE {sqlstate})."
STILL_FAILS = "Tried: {title} → still fails: {message} (SQLSTATE {sqlstate})."
ROWS = "`{relation}` has {rows} in the sandbox; its columns: {columns}."
LOST = "{count} of `{where}` are lost on the way up and down."
WANTED = "Wanted: {difference}."
NO_FIX = "None of the simple fixes (syntax, constraint, order, transaction, CONCURRENTLY) applies to SQLSTATE {sqlstate}, so none was run."
PROVEN = "Proven by running it: {title}."
NOTHING_FAILS = "Nothing fails, so there was no simple fix to run."
SCHEMA = "Current schema: `{relation}` ({columns})."
GOAL = "Goal: the migrations {names}."
FAILURES = "Failures: {count}."
DATA_LOST = "Data safety: {what}."
DATA_OPEN = "Data safety: open, for {count} could not be proven."
DATA_KEPT = "Data safety: no row and no value was lost in what ran."

Item = TypeVar("Item")


def errors(report: Report) -> Iterator[Observation]:
    return (seen for migration in report.migrations for seen in migration.up.statements if seen.error)


def details(report: Report) -> Iterator[str]:
    for seen in _first(errors(report)):
        if seen.error:
            yield FAILS.format(
                path=seen.path,
                line=seen.error.line or seen.line,
                message=without_values(seen.error),
                sqlstate=seen.error.sqlstate,
            )
    for migration in _first(report.migrations):
        statements = migration.up.statements
        ran = sum(seen.ran and seen.error is None for seen in statements)
        yield UP.format(path=migration.path, ran=ran, all=counted(len(statements), "statement"))
        status = migration.rollback.status.value
        yield DOWN.format(path=migration.path, status=status, reason=_reason(migration.rollback)).strip()
    for table in _first(tables(report)):
        yield ROWS.format(relation=table.relation, rows=counted(table.rows, "row"), columns=_columns(table))
    yield from _losses(report)
    for difference in _first(report.schema_diff.differences):
        yield WANTED.format(difference=masked_sql(str(difference)))


def _reason(proof: RollbackProof) -> str:
    error = next((seen.error for seen in proof.down if seen.error), None)
    if error is None:
        return masked(proof.reason)
    return DOWN_FAILS.format(message=without_values(error), sqlstate=error.sqlstate)


def _losses(report: Report) -> Iterator[str]:
    for migration in report.migrations:
        for loss in _first(migration.rollback.data_lost):
            where = f"{loss.relation}.{loss.column}" if loss.column else loss.relation
            yield LOST.format(count=counted(loss.rows, "value" if loss.column else "row"), where=where)


def attempted(report: Report) -> Iterator[str]:
    attempts = [attempt for migration in report.migrations for attempt in migration.attempts]
    yield from (_attempt(attempt) for attempt in _first(attempts))
    for finding in _first(report.findings):
        if finding.advice and finding.advice.proven:
            yield PROVEN.format(title=finding.advice.title.rstrip("."))
    failed = next(errors(report), None)
    if not attempts:
        yield NO_FIX.format(sqlstate=failed.error.sqlstate) if failed and failed.error else NOTHING_FAILS


def _attempt(attempt: Attempt) -> str:
    if attempt.error is None:
        return masked(attempt_line(attempt))
    message = without_values(attempt.error)
    return STILL_FAILS.format(title=attempt.title, message=message, sqlstate=attempt.error.sqlstate)


def context(report: Report) -> Iterator[str]:
    for table in _first(tables(report)):
        yield SCHEMA.format(relation=table.relation, columns=_columns(table))
    yield GOAL.format(names=listed([f"`{one.path}`" for one in report.migrations]))
    yield FAILURES.format(count=counted(len([*errors(report)]), "failing statement"))
    if losses := [*_losses(report)]:
        yield DATA_LOST.format(what=" ".join(losses).rstrip("."))
    elif report.unproven:
        yield DATA_OPEN.format(count=counted(len(report.unproven), "part"))
    else:
        yield DATA_KEPT


def tables(report: Report) -> list[TableShape]:
    """Each once, as it was before the first migration that touches it."""
    found: dict[str, TableShape] = {}
    for migration in report.migrations:
        for table in migration.tables:
            found.setdefault(table.relation, table)
    return [*found.values()]


def _columns(table: TableShape) -> str:
    shown = [f"{one.name} {one.type}{' not null' if one.not_null else ''}" for one in table.columns[:COLUMNS]]
    more = len(table.columns) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "") or "none"


def _first(items: Iterable[Item]) -> Iterator[Item]:
    return islice(items, MOST)
