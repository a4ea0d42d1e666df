"""Data that the way back does not restore, as several rules tell it."""

from __future__ import annotations

from checks.model import DataLoss
from checks.rules.actions import Action, ChangeRows, ChangeType, DropColumn, DropTable, Truncate
from checks.rules.review import Review, Step
from checks.rules.wording import short


def untold_losses(review: Review, step: Step) -> list[DataLoss]:
    """What the proof found lost, without what a statement of the up already has a finding for."""
    runs = [run for run in review.runs if run.step is step]
    actions = [(run.locate(action.relation), action) for run in runs for action in run.actions]
    return [
        loss
        for loss in step.proof.data_lost
        if not any(table == loss.relation and _tells(action, loss) for table, action in actions)
    ]


def loss_words(loss: DataLoss) -> str:
    relation = short(loss.relation)
    if not loss.rows:
        return f"whatever `{relation}{f'.{loss.column}' if loss.column else ''}` holds"
    if loss.column is None:
        return f"{loss.rows:,} rows of `{relation}`"
    return f"{loss.rows:,} values of `{relation}.{loss.column}`"


def _tells(action: Action, loss: DataLoss) -> bool:
    if isinstance(action, DropTable | Truncate):
        return True
    if isinstance(action, ChangeRows):
        return action.verb == "DELETE"
    return isinstance(action, ChangeType | DropColumn) and action.column == loss.column
