"""Indexes are built anew while readers and writers go on."""

from __future__ import annotations

from checks.plan.model import Phase
from checks.plan.recipes import Stages
from checks.plan.statement import Part
from checks.rules.actions import Reindex
from checks.rules.wording import short

RULES = ("reindex-without-concurrently",)


def recipe(part: Part) -> Stages | None:
    reindex = part.the(Reindex)
    if reindex is None or reindex.concurrently or reindex.kind not in ("index", "table"):
        return None
    name = short(part.locate(reindex.relation))
    return [
        part.step(
            Phase.EXPAND,
            f"Build {'the indexes of ' if reindex.kind == 'table' else ''}`{name}` anew while writers go on.",
            f"REINDEX {reindex.kind.upper()} CONCURRENTLY {part.name(reindex.relation)}",
            no_undo="The indexes are what they were.",
            note="When it fails or is cancelled it leaves an invalid index (`…_ccnew`): drop it, then run it again.",
        )
    ]
