"""NOT NULL on a column that has rows, without reading the table under ACCESS EXCLUSIVE.

PostgreSQL takes a validated CHECK (c IS NOT NULL) as proof and does not scan (ALTER TABLE, since version 12).
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.plan.model import Phase, Section, Step
from checks.plan.pieces import named
from checks.plan.statement import Part
from checks.rules.wording import quoted, short, table_part

FILL = "The value is yours to decide. In batches, each in its own transaction."


def require(part: Part, relation: str, column: str, *, filled: bool = False) -> Iterator[Step]:
    """From nullable to NOT NULL. ``filled``: no row is NULL any more, nobody has to write a backfill."""
    table, name = part.name(relation), quoted(column)
    check = quoted(named(table_part(part.locate(relation)), column, "is_there"))
    for_new_rows = f"ALTER TABLE {table} ADD CONSTRAINT {check} CHECK ({name} IS NOT NULL) NOT VALID"
    nulls = f"SELECT count(*) FROM {table} WHERE {name} IS NULL HAVING count(*) > 0"
    yield part.step(
        Phase.EXPAND,
        f"From now on nobody writes NULL into `{column}` of `{short(part.locate(relation))}`.",
        for_new_rows,
        undo=(f"ALTER TABLE {table} DROP CONSTRAINT {check}",),
    )
    if not filled:
        yield part.step(
            Phase.BACKFILL,
            f"Fill `{column}` where it is NULL.",
            section=Section.DATA,
            check=nulls,
            no_undo="The rows keep their values; nothing has to be taken back.",
            note=FILL,
        )
    yield part.step(
        Phase.SWITCH,
        f"Check all rows of `{short(part.locate(relation))}` while writers go on.",
        f"ALTER TABLE {table} VALIDATE CONSTRAINT {check}",
        undo=(f"ALTER TABLE {table} DROP CONSTRAINT {check}", for_new_rows),
    )
    yield part.step(
        Phase.SWITCH,
        f"`{column}` becomes NOT NULL without a scan.",
        f"ALTER TABLE {table} ALTER COLUMN {name} SET NOT NULL",
        undo=(f"ALTER TABLE {table} ALTER COLUMN {name} DROP NOT NULL",),
    )
    yield part.step(
        Phase.CONTRACT,
        "The check has done its work.",
        f"ALTER TABLE {table} DROP CONSTRAINT {check}",
        undo=(f"ALTER TABLE {table} ADD CONSTRAINT {check} CHECK ({name} IS NOT NULL)",),
    )
