"""A column with NOT NULL, or with a default that differs from row to row, is added without closing the table."""

from __future__ import annotations

from collections.abc import Iterator

from checks.plan.model import Deploy, Phase, Step
from checks.plan.pieces import bare_column
from checks.plan.recipes import Stages
from checks.plan.recipes.batched import batches, in_batches, later
from checks.plan.recipes.required import require
from checks.plan.statement import Part
from checks.rules.actions import AddColumn, AddConstraint
from checks.rules.wording import quoted, short

RULES = ("required-column-without-default", "add-column-volatile-default")


def recipe(part: Part) -> Stages | None:
    """Raises Refused when its rows cannot be filled in batches."""
    column = part.the(AddColumn)
    more = [action for action in part.actions[1:] if isinstance(action, AddConstraint)]
    if column is None or more or column.serial or column.stored or column.virtual:
        return None
    if column.default is None and not column.not_null:
        return None
    return [*_stages(part, column)]


def _stages(part: Part, column: AddColumn) -> Iterator[Step | Deploy]:
    table, name = part.name(column.relation), quoted(column.column)
    relation = short(part.locate(column.relation))
    yield part.step(
        Phase.EXPAND,
        f"Add `{column.column}` to `{relation}`, empty.",
        bare_column(part.node),
        undo=(f"ALTER TABLE {table} DROP COLUMN {name}",),
    )
    if column.default is not None:
        yield from _filled(part, table, name, column, relation)
    if column.not_null:
        if column.default is None:
            yield Deploy(
                before=Phase.BACKFILL, needs=f"Code that always writes `{column.column}` of `{relation}`."
            )
        # Until the rows are filled, the check would refuse an UPDATE of those that are not; and old code does not know
        # the column.
        required = require(part, column.relation, column.column, filled=column.default is not None)
        yield from map(later, required)


def _filled(part: Part, table: str, name: str, column: AddColumn, relation: str) -> Iterator[Step | Deploy]:
    yield part.step(
        Phase.EXPAND,
        f"New rows of `{relation}` get a value of their own.",
        f"ALTER TABLE {table} ALTER COLUMN {name} SET DEFAULT {column.default}",
        undo=(f"ALTER TABLE {table} ALTER COLUMN {name} DROP DEFAULT",),
    )
    found = batches(part, f"UPDATE {table} SET {name} = DEFAULT WHERE {name} IS NULL")
    yield from in_batches(part, found, f"Old rows of `{relation}` get theirs")
