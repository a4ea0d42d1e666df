"""Which reports are handed to a stronger model, by rule, and the record that goes with them, from evidence alone.

A record is written only when four questions can be answered from the Report: were the simple fixes tried, are up, down
and the SQL errors documented, are rows shown (as shapes and counts, never as values), are the next steps given.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.publish.wording import counted, listed
from bot.summary.backfills import moves_data
from bot.summary.model import ErrorType, Escalation
from bot.summary.record import NO_FIX, NOTHING_FAILS, attempted, context, details, errors, tables
from checks.model.report import MigrationReport, Report
from checks.model.rollback import RollbackStatus

NO_WAY_BACK = (
    RollbackStatus.MISSING,
    RollbackStatus.IRREVERSIBLE,
    RollbackStatus.DIFFERS,
    RollbackStatus.FAILED,
    RollbackStatus.DATA_LOST,
)
_OF_ROWS = ("22", "23")
"""Classes data_exception and integrity_constraint_violation (PostgreSQL docs, appendix A)."""

WHY = {
    ErrorType.MIGRATION_FAILURE: "The migration does not run on the state of the base, and no simple fix settles it.",
    ErrorType.DATA_INTEGRITY: "Rows stand against the change or are lost by it, and what is right for them is no question of syntax.",
    ErrorType.COMPLEX_BACKFILL: "The change moves data in more than one keyed update, which has to be cut into steps that can stop and go on.",
    ErrorType.ROLLBACK_COMPLEXITY: "The way back does not bring everything back, so the change needs another shape.",
}
ASKED = "The quick model asks for it itself."
ACTION = {
    ErrorType.MIGRATION_FAILURE: "Redesign the migration so that it runs up, down and up again and ends in the same schema.",
    ErrorType.DATA_INTEGRITY: "Repair the rows in batches first, then change the schema, with a query that shows that no row is left.",
    ErrorType.COMPLEX_BACKFILL: "Move the data in batches outside of a transaction, with a query that shows what is left.",
    ErrorType.ROLLBACK_COMPLEXITY: "Keep what the down needs until the change has settled, and write a down that brings it back.",
}


def error_types(report: Report) -> tuple[ErrorType, ...]:
    """Which of the four apply, the gravest first."""
    applies = {
        ErrorType.MIGRATION_FAILURE: any(errors(report)),
        ErrorType.DATA_INTEGRITY: _touches_data(report),
        ErrorType.COMPLEX_BACKFILL: any(moves_data(one) for one in report.migrations),
        ErrorType.ROLLBACK_COMPLEXITY: any(_has_no_way_back(one) for one in report.migrations),
    }
    return tuple(kind for kind, it_does in applies.items() if it_does)


def record(report: Report, *, asked: bool) -> Escalation | None:
    """The record, with sentences of ours where prose is wanted; None when nothing applies or a question stays open.

    ``asked``: the quick model said that a stronger one should look.
    """
    kinds = error_types(report)
    if not kinds and not (asked and report.migrations):
        return None
    first = kinds[0] if kinds else ErrorType.DATA_INTEGRITY
    answers = tuple(_answers(report, kinds, ACTION[first]))
    if "" in answers:
        return None
    return Escalation(
        error_type=first,
        also=kinds[1:],
        details=tuple(details(report)),
        attempted=tuple(attempted(report)),
        why=" ".join([WHY[first]] if kinds else [ASKED]),
        suggested_action=ACTION[first],
        context=tuple(context(report)),
        answers=answers,
    )


def with_prose(escalation: Escalation, *, why: str = "", action: str = "", goal: str = "") -> Escalation:
    """The record with a model's sentences in place of ours, where there are any."""
    ours = next(line for line in escalation.context if line.startswith("Goal: "))
    context = tuple(f"Goal: {goal}" if goal and line is ours else line for line in escalation.context)
    return escalation.model_copy(
        update={
            "why": why or escalation.why,
            "suggested_action": action or escalation.suggested_action,
            "context": context,
        }
    )


# ── what applies


def _touches_data(report: Report) -> bool:
    """Rows violate the change, are lost by its way up and down, or are destroyed for good."""
    violated = any(seen.error and seen.error.sqlstate.startswith(_OF_ROWS) for seen in errors(report))
    lost = any(one.rollback.data_lost for one in report.migrations)
    return violated or lost or any(finding.irreversible for finding in report.findings)


def _has_no_way_back(migration: MigrationReport) -> bool:
    proof = migration.rollback
    return proof.status in NO_WAY_BACK or proof.up_again in ("differs", "failed")


# ── the four questions

TRIED = "Were the simple fixes tried? {answer}"
DOCUMENTED = "Are up, down and the SQL errors documented? Yes: {ups}, {errors}."
SHOWN = "Are sample rows shown? {answer}"
NEXT = "Are the next steps exact? Yes: {action}"
AS_SHAPES = "Yes, as shapes and counts: {tables}."
NO_ROWS = "No table with rows is concerned."


def _answers(report: Report, kinds: Sequence[ErrorType], action: str) -> Iterator[str]:
    """One for each question; an empty one where the evidence gives none."""
    attempts = sum(len(one.attempts) for one in report.migrations)
    yield TRIED.format(answer=f"Yes: {counted(attempts, 'attempt')}." if attempts else _none_tried(report))
    ran = [one for one in report.migrations if one.up.statements]
    found = counted(len([*errors(report)]), "SQL error")
    yield DOCUMENTED.format(ups=counted(len(ran), "migration"), errors=found) if ran else ""
    yield _rows_shown(report, kinds)
    yield NEXT.format(action=action)


def _none_tried(report: Report) -> str:
    failed = next(errors(report), None)
    return NO_FIX.format(sqlstate=failed.error.sqlstate) if failed and failed.error else NOTHING_FAILS


def _rows_shown(report: Report, kinds: Sequence[ErrorType]) -> str:
    rows = {table: count for one in report.migrations for table, count in one.rows_before.items()}
    rows |= {table.relation: table.rows for table in tables(report)}
    if rows:
        shown = [f"{table} {counted(count, 'row')}" for table, count in rows.items()]
        return SHOWN.format(answer=AS_SHAPES.format(tables=listed(shown)))
    about_rows = {ErrorType.DATA_INTEGRITY, ErrorType.COMPLEX_BACKFILL} & set(kinds)
    return "" if about_rows else SHOWN.format(answer=NO_ROWS)
