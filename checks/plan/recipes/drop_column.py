"""A column goes one deploy after the last code that uses it."""

from __future__ import annotations

from collections.abc import Iterator

from checks.plan.model import Deploy, Phase, Step
from checks.plan.recipes import Stages
from checks.plan.statement import Part
from checks.rules.actions import DropColumn
from checks.rules.wording import quoted, short

RULES = ("drop-column",)


def recipe(part: Part) -> Stages | None:
    action = part.the(DropColumn)
    return None if action is None else [*_stages(part, action)]


def _stages(part: Part, action: DropColumn) -> Iterator[Step | Deploy]:
    table, name = part.name(action.relation), quoted(action.column)
    relation = part.locate(action.relation)
    was = part.gone("column", f"{relation}.{action.column}")
    if was is not None and (was.before or "").endswith(
        " not null"
    ):  # a default, if any, would stand behind it
        yield part.step(
            Phase.EXPAND,
            f"Rows of `{short(relation)}` can be written without `{action.column}`.",
            f"ALTER TABLE {table} ALTER COLUMN {name} DROP NOT NULL",
            undo=(f"ALTER TABLE {table} ALTER COLUMN {name} SET NOT NULL",),
            note="The way back reads the whole table, and fails once a row was written without a value.",
        )
    yield Deploy(
        before=Phase.CONTRACT,
        needs=f"Code that neither reads nor writes `{action.column}` of `{short(relation)}`.",
    )
    yield part.step(
        Phase.CONTRACT,
        f"Drop `{action.column}` of `{short(relation)}`.",
        part.sql,
        no_undo="The values are gone. Keep a copy first if anybody may want them back.",
    )
