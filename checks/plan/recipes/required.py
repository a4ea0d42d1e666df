"""NOT NULL on a column that has rows, without reading the table under ACCESS EXCLUSIVE.

PostgreSQL takes a validated CHECK (c IS NOT NULL) as proof and does not scan (ALTER TABLE, since version 12).
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.plan.model import Phase, Section, Step
from checks.plan.recipes.checked import Checked
from checks.plan.statement import Part
from checks.rules.wording import check_for_not_null, quoted, short

FILL = "The value is yours to decide. In batches, each in its own transaction."


def require(part: Part, relation: str, column: str, *, filled: bool = False) -> Iterator[Step]:
    """From nullable to NOT NULL. ``filled``: no row is NULL any more, nobody has to write a backfill."""
    table, name = part.name(relation), quoted(column)
    where = part.locate(relation)
    check = Checked(part, where, check_for_not_null(where, column), f"{name} IS NOT NULL")
    nulls = f"SELECT count(*) FROM {table} WHERE {name} IS NULL HAVING count(*) > 0"
    yield check.for_new_rows(f"From now on nobody writes NULL into `{column}` of `{short(where)}`.")
    if not filled:
        yield part.step(
            Phase.BACKFILL,
            f"Fill `{column}` where it is NULL.",
            section=Section.DATA,
            check=nulls,
            no_undo="The rows keep their values; nothing has to be taken back.",
            note=FILL,
        )
    yield check.validated()
    yield part.step(
        Phase.SWITCH,
        f"`{column}` becomes NOT NULL without a scan.",
        f"ALTER TABLE {table} ALTER COLUMN {name} SET NOT NULL",
        undo=(f"ALTER TABLE {table} ALTER COLUMN {name} DROP NOT NULL",),
    )
    yield check.dropped()
