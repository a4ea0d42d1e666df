"""Rows are changed in batches along a key, each in a transaction of its own; how far they are stands in a table."""

from __future__ import annotations

from checks.backfill import Backfill, Refused, backfill, block, finish, finished
from checks.plan.model import Phase, Section, Step
from checks.plan.pieces import can_be_batched
from checks.plan.recipes import Stages
from checks.plan.statement import Part
from checks.rules.wording import table_part

NOT_PROVEN = "Not proven in the sandbox: {reason}"
OWN_WORD = "It has the word {word} in it, which ends the block that it would stand in."
DONE = "The table that says how far the batches are has done its work."


def batches(part: Part, sql: str) -> Backfill:
    """``sql`` (the author's statement, or one that a recipe needs for it), walked along a key. Raises Refused."""
    if not can_be_batched(sql):
        raise Refused(OWN_WORD.format(word="`$batches$`"))
    return backfill(part.row_change(sql), part.migration.id)


def in_batches(part: Part, found: Backfill, title: str, note: str = "", numbers: str = "") -> Stages:
    """``numbers``: see Step."""
    doubt = NOT_PROVEN.format(reason=part.doubt) if part.doubt else ""
    return [
        part.step(
            Phase.BACKFILL,
            f"{title} in batches along {_key(found)}.",
            block(found),
            section=Section.DATA,
            check=f"SELECT * FROM {found.progress} WHERE next_1 IS NOT NULL",
            undo=(f"DROP TABLE IF EXISTS {found.progress}",),
            note=" ".join(filter(None, (note, doubt))),
            backfill=found,
            numbers=numbers,
            seen=part.proof,
        ),
        part.step(Phase.CONTRACT, DONE, finish(found), undo=(finished(found),)),
    ]


def later(step: Step) -> Step:
    """What would get in the way of rows that are not filled yet comes behind the batches."""
    return step.model_copy(update={"phase": Phase.BACKFILL}) if step.phase is Phase.EXPAND else step


def _key(found: Backfill) -> str:
    names = [f"`{table_part(column)}`" for column in found.key]
    return names[0] if len(names) == 1 else f"({', '.join(names)})"
