"""Rows are changed in batches along a key, each in a transaction of its own."""

from __future__ import annotations

from checks.plan.recipes import Stages
from checks.plan.recipes.batched import batches, in_batches
from checks.plan.statement import Part
from checks.rules.actions import ChangeRows
from checks.rules.wording import short

RULES = ("unbatched-dml", "backfill-with-ddl")

TITLES = {
    "UPDATE": "Change the rows of `{changed}`",
    "DELETE": "Delete the rows of `{changed}`",
    "INSERT": "Fill `{changed}` from `{walked}`",
}
NO_VALUES_BACK = {
    "UPDATE": "The values before are not kept. Keep a copy of the columns first if anybody may want them back.",
    "DELETE": "The rows are gone. Keep a copy first if anybody may want them back.",
    "INSERT": "The new rows stay.",
}


def recipe(part: Part) -> Stages | None:
    """Raises Refused when it cannot be done in batches."""
    if part.the(ChangeRows) is None:
        return None
    found = batches(part, part.sql)
    title = TITLES[found.verb].format(changed=short(found.changed), walked=short(found.walked))
    return in_batches(part, found, title, NO_VALUES_BACK[found.verb])
