"""A materialized view is filled anew while readers go on."""

from __future__ import annotations

from checks.plan.model import Phase, Section
from checks.plan.recipes import Stages
from checks.plan.statement import Part
from checks.rules.actions import Refresh
from checks.rules.wording import short

RULES = ("refresh-without-concurrently",)


def recipe(part: Part) -> Stages | None:
    """Where it has no unique index over columns, PostgreSQL refuses, and the proof says so."""
    refresh = part.the(Refresh)
    if refresh is None or refresh.concurrently or part.node.skip_data:
        return None
    return [
        part.step(
            Phase.EXPAND,
            f"Fill `{short(part.locate(refresh.relation))}` anew while readers go on.",
            f"REFRESH MATERIALIZED VIEW CONCURRENTLY {part.name(refresh.relation)}",
            section=Section.DATA,
            no_undo="The next refresh brings the rows of then.",
        )
    ]
