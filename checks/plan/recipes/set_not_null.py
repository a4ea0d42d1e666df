"""A column becomes NOT NULL in steps."""

from __future__ import annotations

from checks.plan.model import Deploy, Phase
from checks.plan.recipes import Stages
from checks.plan.recipes.required import require
from checks.plan.statement import Part
from checks.rules.actions import SetNotNull

RULES = ("set-not-null-without-check", "not-null-fails-on-rows")


def recipe(part: Part) -> Stages | None:
    action = part.the(SetNotNull)
    if action is None:
        return None
    writes = Deploy(before=Phase.EXPAND, needs=f"Code that always writes `{action.column}`.")
    return [writes, *require(part, action.relation, action.column)]
