"""Rows are changed in batches along a key, each in a transaction of its own."""

from __future__ import annotations

from checks.backfill import Backfill, Refused, backfill, block, finish, finished
from checks.plan.model import Phase, Section
from checks.plan.pieces import can_be_batched
from checks.plan.recipes import Stages
from checks.plan.statement import Part
from checks.rules.actions import ChangeRows
from checks.rules.wording import short, table_part

RULES = ("unbatched-dml", "backfill-with-ddl")

TITLES = {
    "UPDATE": "Change the rows of `{changed}` in batches along {key}",
    "DELETE": "Delete the rows of `{changed}` in batches along {key}",
    "INSERT": "Fill `{changed}` from `{walked}` in batches along {key}",
}
NO_VALUES_BACK = {
    "UPDATE": "The values before are not kept. Keep a copy of the columns first if anybody may want them back.",
    "DELETE": "The rows are gone. Keep a copy first if anybody may want them back.",
    "INSERT": "The new rows stay.",
}
NOT_PROVEN = " Not proven in the sandbox: {reason}"
OWN_WORD = "It has the word {word} in it, which ends the block that it would stand in."
DONE = "The table that says how far the batches are has done its work."


def recipe(part: Part) -> Stages | None:
    """Raises Refused when it cannot be done in batches."""
    if part.the(ChangeRows) is None:
        return None
    if not can_be_batched(part.sql):
        raise Refused(OWN_WORD.format(word="`$batches$`"))
    return _stages(part, backfill(part.row_change(), part.migration.id))


def _stages(part: Part, found: Backfill) -> Stages:
    names = {"changed": short(found.changed), "walked": short(found.walked), "key": _key(found)}
    return [
        part.step(
            Phase.BACKFILL,
            TITLES[found.verb].format(**names) + ".",
            block(found),
            section=Section.DATA,
            check=f"SELECT * FROM {found.progress} WHERE next_1 IS NOT NULL",
            undo=(f"DROP TABLE IF EXISTS {found.progress}",),
            note=NO_VALUES_BACK[found.verb] + (NOT_PROVEN.format(reason=part.doubt) if part.doubt else ""),
            backfill=found,
            seen=part.proof,
        ),
        part.step(Phase.CONTRACT, DONE, finish(found), undo=(finished(found),)),
    ]


def _key(found: Backfill) -> str:
    return (
        "(" + ", ".join(f"`{table_part(column)}`" for column in found.key) + ")"
        if len(found.key) > 1
        else f"`{found.key[0]}`"
    )
