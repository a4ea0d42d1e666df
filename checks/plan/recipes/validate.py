"""A constraint is checked against all rows in a migration of its own, when nobody waits for the locks of others."""

from __future__ import annotations

from checks.plan.model import Phase
from checks.plan.recipes import Stages
from checks.plan.statement import Part
from checks.rules.actions import ValidateConstraint
from checks.rules.wording import short

RULES = ("validate-in-same-transaction",)


def recipe(part: Part) -> Stages | None:
    validation = part.the(ValidateConstraint)
    if validation is None:
        return None
    return [
        part.step(
            Phase.SWITCH,
            f"`{validation.name}` of `{short(part.locate(validation.relation))}` is checked while writers go on.",
            part.sql,
            no_undo="That its rows were checked takes nothing away.",
        )
    ]
