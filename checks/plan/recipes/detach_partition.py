"""A partition is detached while readers and writers of all others go on.

PostgreSQL leaves a CHECK on it that says what its bounds said (ALTER TABLE, DETACH PARTITION CONCURRENTLY).
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.model.tables import Partition
from checks.plan.model import Phase, Step
from checks.plan.recipes import NoWay, Stages
from checks.plan.recipes.checked import Checked
from checks.plan.statement import Part
from checks.rules.actions import DetachPartition
from checks.rules.wording import quoted, short

RULES = ("partition-detach-blocking",)
SINCE = 14
TITLE = "Detach it while others go on"
TOO_OLD = "CONCURRENTLY is there from PostgreSQL 14 on."
DEFAULT = "PostgreSQL refuses CONCURRENTLY where there is a default partition (`{default}`)."
WAITS = (
    "It waits for all queries of before that use `{table}`, and stops none. When it is cancelled the partition is half detached: "
    "`ALTER TABLE {table} DETACH PARTITION {partition} FINALIZE` ends it."
)


def recipe(part: Part) -> Stages | None:
    """Raises NoWay where PostgreSQL has none."""
    detach = part.the(DetachPartition)
    if detach is None or detach.concurrently:
        return None
    partitions = part.migration.partitions
    partition = part.locate(detach.partition)
    found = partitions.get(partition)
    if found is None:
        return None
    default = next((name for name, one in partitions.items() if one.of == found.of and one.is_default), None)
    if default is not None:
        raise NoWay(TITLE, DEFAULT.format(default=short(default)))
    if part.postgres < SINCE:
        raise NoWay(TITLE, TOO_OLD)
    return [*_stages(part, partition, found)]


def _stages(part: Part, partition: str, found: Partition) -> Iterator[Step]:
    table, name = quoted(short(found.of)), quoted(short(partition))
    yield part.step(
        Phase.SWITCH,
        f"Detach `{short(partition)}` from `{short(found.of)}` while others go on.",
        f"ALTER TABLE {table} DETACH PARTITION {name} CONCURRENTLY",
        undo=(f"ALTER TABLE {table} ATTACH PARTITION {name} {found.bound}", *_without_check(name, found)),
        caution=WAITS.format(table=table, partition=name),
    )
    if found.left_behind:
        check = Checked(part, partition, found.left_behind, " AND ".join(found.conditions))
        yield check.dropped("Drop the CHECK of its bounds, which PostgreSQL has left on it.")


def _without_check(name: str, found: Partition) -> Iterator[str]:
    """While it is there, the partition is attached without being read."""
    if found.left_behind:
        yield f"ALTER TABLE {name} DROP CONSTRAINT {quoted(found.left_behind)}"
