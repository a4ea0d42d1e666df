"""A migration that fails on the synthetic rows: what would have come after, seen without them."""

from __future__ import annotations

from dataclasses import replace

from checks.model.observations import Observation
from checks.model.rollback import RollbackProof, RollbackStatus
from checks.replay.lacks import is_own_check
from checks.rules.actions import AddColumn, ChangeRows
from checks.rules.review import Step
from checks.rules.statements import actions_in

_OF_ROWS = ("22", "23")
"""Classes data_exception and integrity_constraint_violation (PostgreSQL docs, appendix A)."""


def stopped_by_rows(step: Step) -> bool:
    """Whether up stops at what the rows hold, so that without them it may get further."""
    error = step.error
    about_rows = error is not None and (error.sqlstate.startswith(_OF_ROWS) or is_own_check(error))
    return about_rows and bool(step.rows_before)


def go_on_without_rows(failed: Step, empty: Step) -> Step:
    """The failed step up to its error; from there on, and for the way back, what empty tables show."""
    if empty.error is not None:
        return failed
    seen = [
        _after_failure(with_rows, without)
        for with_rows, without in zip(failed.observations, empty.observations, strict=True)
    ]
    line = next(one.line for one in failed.observations if one.error)
    reason = (
        f"It fails on rows at line {line}: what follows there, and its way back, ran on empty tables only."
    )
    return replace(
        empty,
        observations=tuple(seen),
        proof=_without_data(empty.proof, "With rows, up fails first"),
        unproven=(*empty.unproven, reason),
        stopped_by_own_check=failed.error is not None and is_own_check(failed.error),
    )


def on_empty_tables(step: Step, emptied_by: str) -> Step:
    """A step that ran behind one that fails on rows: what it shows of locks and schema, not of data."""
    reason = f"Ran on empty tables only, because {emptied_by} fails on rows before it."
    proof = _without_data(step.proof, "Up was not tried with rows")
    return replace(step, proof=proof, unproven=(*step.unproven, reason), on_empty_tables=True)


_TAKES = {"DELETE": "of the rows that it takes", "UPDATE": "of the values that it replaces"}


def without_a_row_met(step: Step) -> Step:
    """A DELETE or UPDATE that met none of the rows that were there: its way back has had nothing to bring back."""
    if step.proof.status is not RollbackStatus.RESTORED:
        return step
    for seen in step.observations:
        tables = [lock.relation for lock in seen.locks if step.rows_before.get(lock.relation)]
        if seen.kind in _TAKES and seen.rows == 0 and seen.error is None and tables and _replaces(seen, step):
            reason = f"The {seen.kind} at line {seen.line} met no row here, so nothing is known {_TAKES[seen.kind]}."
            proof = step.proof.model_copy(update={"status": RollbackStatus.UNPROVEN, "reason": reason})
            return replace(step, proof=proof)
    return step


def _replaces(seen: Observation, step: Step) -> bool:
    """Whether it can take a value away: not where it fills what is NULL, nor in columns that are new."""
    added = {
        action.column
        for one in step.observations
        for action in actions_in(one)
        if isinstance(action, AddColumn)
    }
    changes = [action for action in actions_in(seen) if isinstance(action, ChangeRows)]
    return any(
        change.verb == "DELETE" or not set(change.columns) <= added | set(change.empty) for change in changes
    )


def _after_failure(with_rows: Observation, without: Observation) -> Observation:
    if with_rows.error is not None:
        return without.model_copy(update={"error": with_rows.error, "rows": with_rows.rows})
    return with_rows if with_rows.ran else without


def _without_data(proof: RollbackProof, why: str) -> RollbackProof:
    """Empty tables say nothing about values that a rollback would lose."""
    if proof.status is not RollbackStatus.RESTORED:
        return proof
    reason = f"On empty tables the schema comes back. {why}, so nothing is known of the data."
    return proof.model_copy(update={"status": RollbackStatus.UNPROVEN, "reason": reason})
