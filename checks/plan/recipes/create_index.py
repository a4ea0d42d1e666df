"""An index is built while writers go on."""

from __future__ import annotations

from checks.plan.model import Phase
from checks.plan.recipes import Stages
from checks.plan.statement import Part
from checks.rules.actions import CreateIndex
from checks.rules.wording import quoted, short

RULES = ("index-without-concurrently",)


def recipe(part: Part) -> Stages | None:
    index = part.the(CreateIndex)
    built = part.observation.indexes_built
    if (
        index is None or not index.online or len(built) != 1
    ):  # several: a partitioned table, which refuses CONCURRENTLY
        return None
    name = quoted(short(built[0]))
    return [
        part.step(
            Phase.EXPAND,
            f"Build `{short(built[0])}` while writers go on.",
            index.online,
            check=invalid(name),
            undo=(f"DROP INDEX CONCURRENTLY IF EXISTS {name}",),
            note="When it fails or is cancelled it leaves an invalid index: take the way back, then run it again.",
        )
    ]


def invalid(index: str) -> str:
    """A row when the index cannot be used."""
    literal = index.replace("'", "''")
    return f"SELECT indexrelid::regclass FROM pg_index WHERE indexrelid = '{literal}'::regclass AND NOT indisvalid"
