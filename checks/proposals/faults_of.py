"""What is wrong with a proposal, by what PostgreSQL did: one sentence each, without a value of any row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from checks import catalog, rules
from checks.catalog import Catalog
from checks.model.differences import Difference, Significance
from checks.model.findings import Severity
from checks.model.migrations import History
from checks.model.rollback import DataLoss, RollbackProof, RollbackStatus
from checks.proposals.wanted import Wanted
from checks.rules.review import Review, Step
from checks.sql.errors import without_values

STOPS = "`{path}` line {line}: {message} (SQLSTATE {sqlstate})."
NOT_RUN = "`{path}` did not get its turn."
DIFFERS = "It ends in another schema than is wanted: {differences}."
LOSES = "It loses data: {what}."
NO_WAY_BACK = "The way back of `{path}` is {status}: {reason}"
NOT_AGAIN = "After its down, `{path}` does not run again to the same schema."
HAZARD = "It has a hazard of its own, {rule} in `{path}` line {line}."
NOT_BACK = "All downs together leave another schema than was there before: {differences}."
NO_DOWN = "`{path}` has no down."
MOST = 6
"""Differences, losses and hazards that are told."""


def runs(steps: Sequence[Step]) -> Iterator[str]:
    for step in steps:
        seen = next((one for one in step.observations if one.error), None)
        if seen is not None and seen.error is not None:
            error = seen.error
            yield STOPS.format(
                path=step.migration.path,
                line=error.line or seen.line,
                message=without_values(error),
                sqlstate=error.sqlstate,
            )
        elif not step.observations and step.migration.up and step.migration.up.statements:
            yield NOT_RUN.format(path=step.migration.path)


def hazards(review: Review) -> Iterator[str]:
    """Errors that the rules find in it; what fails has been told, and what cannot be undone is held against the goal."""
    found = [
        finding
        for finding in rules.check([review])
        if finding.severity is Severity.ERROR
        and not finding.irreversible
        and not _is_told(finding.evidence, review.steps)
    ]
    for finding in found[:MOST]:
        yield HAZARD.format(rule=finding.rule, path=finding.path, line=finding.line)


def _is_told(evidence: Sequence[str], steps: Sequence[Step]) -> bool:
    failed = {seen.id for step in steps for seen in step.observations if seen.error}
    return not failed.isdisjoint(evidence)


def end(schema: Catalog, losses: Sequence[DataLoss], goal: Wanted | None) -> Iterator[str]:
    """What is not as it is wanted where the proposal ends; without a goal every loss is one."""
    if goal is not None and (differences := _differences(goal.schema, schema)):
        yield DIFFERS.format(differences=differences)
    gone = [loss for loss in losses if not _is_wanted(loss, goal)]
    if gone:
        yield LOSES.format(what="; ".join(map(_loss, gone[:MOST])))


def _differences(before: Catalog, after: Catalog) -> str:
    """Empty when there are none but in the order of columns."""
    found = [one for one in catalog.compare(before, after) if one.significance is not Significance.ORDER]
    more = f" and {len(found) - MOST} more" if len(found) > MOST else ""
    return "; ".join(map(str, found[:MOST])) + more


def _is_wanted(loss: DataLoss, goal: Wanted | None) -> bool:
    """What the change takes away by itself: where its end has no such table or column, or as many values fewer."""
    if goal is None:
        return False
    if loss.relation not in goal.schema.relations():
        return True
    if loss.column and loss.column not in {column.name for column in goal.schema.columns(loss.relation)}:
        return True
    return any(
        (one.relation, one.column) == (loss.relation, loss.column) and one.rows >= loss.rows
        for one in goal.losses
    )


def _loss(loss: DataLoss) -> str:
    where = f"{loss.relation}.{loss.column}" if loss.column else loss.relation
    return f"{loss.rows:,} {'values' if loss.column else 'rows'} of `{where}`"


def ways_back(
    steps: Sequence[Step], losses_back: Sequence[DataLoss], goal: Wanted | None, history: History
) -> Iterator[str]:
    """Of the migrations that run: the downs that are missing or do not bring everything back."""
    for step in steps:
        proof, path = step.proof, step.migration.path
        if step.error:
            continue
        if history.has_downs and step.migration.down is None:
            yield NO_DOWN.format(path=path)
        elif not _is_good(proof, losses_back, goal):
            yield NO_WAY_BACK.format(path=path, status=proof.status.value, reason=proof.reason)
        elif proof.up_again in ("differs", "failed"):
            yield NOT_AGAIN.format(path=path)


def _is_good(proof: RollbackProof, losses_back: Sequence[DataLoss], goal: Wanted | None) -> bool:
    """A down need not make filled columns empty again, nor forget that a constraint was validated: nothing is lost by it.

    That all downs together bring back the whole schema is seen by itself.
    """
    if proof.status is RollbackStatus.DIFFERS:
        return all(_is_validated(one) for one in proof.differences) and not proof.data_lost
    if proof.status is not RollbackStatus.DATA_LOST:
        return proof.status is RollbackStatus.RESTORED
    lost = {loss.relation for loss in losses_back if not _is_wanted(loss, goal)}
    return all(
        _is_wanted(loss, goal) or (loss.column is None and loss.relation not in lost)
        for loss in proof.data_lost
    )


def _is_validated(difference: Difference) -> bool:
    return (difference.object_type, difference.property) == (
        "constraint",
        "valid",
    ) and difference.after == "true"


def whole_way_back(before: Catalog, after: Catalog) -> Iterator[str]:
    """All downs, newest first, behind all ups."""
    if differences := _differences(before, after):
        yield NOT_BACK.format(differences=differences)
