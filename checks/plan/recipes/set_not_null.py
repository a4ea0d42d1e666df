"""A column becomes NOT NULL in steps."""

from __future__ import annotations

from checks.plan.model import Deploy, Phase
from checks.plan.recipes import Stages
from checks.plan.recipes.batched import later
from checks.plan.recipes.required import require
from checks.plan.statement import Part
from checks.rules.actions import AddColumn, ChangeRows, SetNotNull
from checks.rules.statements import actions_in

WRITES = "Code that always writes `{column}`."
RULES = ("set-not-null-without-check", "not-null-fails-on-rows")


def recipe(part: Part) -> Stages | None:
    action = part.the(SetNotNull)
    if action is None:
        return None
    if _is_filled_before(part, action):
        # Then it waits for that: until the rows are filled, the check would refuse an UPDATE of those that are not.
        writes = Deploy(before=Phase.BACKFILL, needs=WRITES.format(column=action.column))
        return [writes, *map(later, require(part, action.relation, action.column, filled=True))]
    writes = Deploy(before=Phase.EXPAND, needs=WRITES.format(column=action.column))
    return [writes, *require(part, action.relation, action.column)]


def is_required_later(part: Part) -> bool:
    """Whether it adds a column that becomes NOT NULL in a statement behind it, before which new code is deployed."""
    column = part.the(AddColumn)
    return (
        column is not None
        and not column.not_null
        and any(
            isinstance(action, SetNotNull)
            and action.column == column.column
            and part.locate(action.relation) == part.locate(column.relation)
            for seen in part.behind
            for action in actions_in(seen)
        )
    )


def _is_filled_before(part: Part, action: SetNotNull) -> bool:
    """Whether the migration itself gives the column a value where it has none, in a statement of its own."""
    table = part.locate(action.relation)
    return any(
        isinstance(change, ChangeRows)
        and part.locate(change.relation) == table
        and action.column in change.columns
        for seen in part.before
        for change in actions_in(seen)
    )
