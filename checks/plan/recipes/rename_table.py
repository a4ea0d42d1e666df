"""A table is known by both names until the last code uses the new one."""

from __future__ import annotations

from checks.plan.model import Deploy, Phase
from checks.plan.recipes import Stages
from checks.plan.recipes.through_view import as_the_caller, note
from checks.plan.statement import Part
from checks.rules.actions import RenameTable
from checks.rules.wording import quoted, short

RULES = ("rename-table",)


def recipe(part: Part) -> Stages | None:
    action = part.the(RenameTable)
    if action is None or type(part.node).__name__ != "RenameStmt":  # SET SCHEMA keeps the name
        return None
    old = part.locate(action.relation)
    schema, bare = old.rpartition(".")[0], action.new.rpartition(".")[2]
    table, new = quoted(short(old)), quoted(short(f"{schema}.{bare}"))
    view = f"CREATE VIEW {table}{as_the_caller(part)} AS SELECT * FROM {new}"
    return [
        part.step(
            Phase.EXPAND,
            f"The table is `{bare}`; `{short(old)}` is a view that stands for it.",
            f"ALTER TABLE {table} RENAME TO {quoted(bare)}",
            view,
            transaction=True,
            undo=(f"DROP VIEW {table}", f"ALTER TABLE {new} RENAME TO {quoted(old.rpartition('.')[2])}"),
            note=note(part),
        ),
        Deploy(before=Phase.CONTRACT, needs=f"Code that names `{bare}`, not `{short(old)}`."),
        part.step(
            Phase.CONTRACT, f"Nobody uses `{short(old)}` any more.", f"DROP VIEW {table}", undo=(view,)
        ),
    ]
