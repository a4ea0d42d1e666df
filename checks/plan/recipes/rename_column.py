"""A column is known by both names until the last code uses the new one."""

from __future__ import annotations

from checks.plan.model import Deploy, Phase
from checks.plan.pieces import named
from checks.plan.recipes import Stages
from checks.plan.recipes.through_view import as_the_caller, note
from checks.plan.statement import Part
from checks.rules.actions import RenameColumn
from checks.rules.wording import quoted, short, table_part

RULES = ("rename-column",)


def recipe(part: Part) -> Stages | None:
    action = part.the(RenameColumn)
    if action is None:
        return None
    table, old, new = part.name(action.relation), quoted(action.column), quoted(action.new)
    schema, _, bare = part.locate(action.relation).rpartition(".")
    plain, aside = quoted(bare), named(bare, "renaming")
    behind = quoted(short(f"{schema}.{aside}"))
    view = (
        f"ALTER TABLE {table} RENAME TO {quoted(aside)}",
        f"CREATE VIEW {table}{as_the_caller(part)} AS SELECT *, {new} AS {old} FROM {behind}",
    )
    table_again = (f"DROP VIEW {table}", f"ALTER TABLE {behind} RENAME TO {plain}")
    name = short(part.locate(action.relation))
    return [
        part.step(
            Phase.EXPAND,
            f"`{name}` has the column as `{action.column}` and as `{action.new}`, through a view.",
            f"ALTER TABLE {table} RENAME COLUMN {old} TO {new}",
            *view,
            transaction=True,
            undo=(*table_again, f"ALTER TABLE {table} RENAME COLUMN {new} TO {old}"),
            note=note(part),
        ),
        Deploy(
            before=Phase.CONTRACT,
            needs=f"Code that names `{action.new}` of `{table_part(name)}`, not `{action.column}`.",
        ),
        part.step(
            Phase.CONTRACT,
            f"`{name}` is the table again, with `{action.new}` alone.",
            *table_again,
            transaction=True,
            undo=view,
        ),
    ]
