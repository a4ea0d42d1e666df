"""Data that the way back does not restore, as several rules tell it."""

from __future__ import annotations

from collections.abc import Sequence

from checks.model.rollback import DataLoss
from checks.rules.actions import Action, AddColumn, ChangeRows, ChangeType, DropColumn, DropTable, Truncate
from checks.rules.review import Review, Step
from checks.rules.wording import short


def untold_losses(review: Review, step: Step) -> list[DataLoss]:
    """What the proof found lost, without what a statement of the up already has a finding for.

    Values put where there was none (NULL, or a column that the change itself has added) are no loss.
    """
    if not step.proof.data_lost:
        return []
    runs = [run for run in review.runs if run.step is step]
    actions = [(run.locate(action.relation), action) for run in runs for action in run.actions]
    return [
        loss
        for loss in step.proof.data_lost
        if not any(table == loss.relation and _tells(action, loss) for table, action in actions)
        and not _fills(review, actions, loss)
    ]


def _fills(review: Review, actions: Sequence[tuple[str, Action]], loss: DataLoss) -> bool:
    """Whether all that changed the rows of this table only filled empty columns."""
    added = {
        (run.locate(column.relation), column.column) for run in review.runs for column in run.each(AddColumn)
    }
    changes = [
        action for table, action in actions if table == loss.relation and isinstance(action, ChangeRows)
    ]
    return bool(changes) and all(
        change.verb == "UPDATE"
        and all(name in change.empty or (loss.relation, name) in added for name in change.columns)
        for change in changes
    )


def loss_words(loss: DataLoss) -> str:
    relation = short(loss.relation)
    if not loss.rows:
        return f"whatever `{relation}{f'.{loss.column}' if loss.column else ''}` holds"
    many = "" if loss.rows == 1 else "s"
    if loss.column is None:
        return f"{loss.rows:,} row{many} of `{relation}`"
    return f"{loss.rows:,} value{many} of `{relation}.{loss.column}`"


def _tells(action: Action, loss: DataLoss) -> bool:
    if isinstance(action, DropTable | Truncate):
        return True
    if isinstance(action, ChangeRows):
        return action.verb == "DELETE"
    return isinstance(action, ChangeType | DropColumn) and action.column == loss.column
