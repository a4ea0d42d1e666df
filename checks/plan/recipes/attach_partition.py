"""A partition is attached without a row being read: a validated CHECK says beforehand what its bounds will say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from checks.model.tables import Partition
from checks.plan.model import Phase, Step
from checks.plan.pieces import named
from checks.plan.recipes import NoWay, Stages
from checks.plan.recipes.checked import Checked
from checks.plan.statement import Part
from checks.rules.actions import AttachPartition, CreateTable
from checks.rules.wording import quoted, short, table_part

RULES = ("partition-attach-scan",)
TITLE = "Attach it without a row being read"
REFUSED = "No CHECK says what the bounds of `{partition}` say: those of a partition by hash name its table by number."
OF_DEFAULT = "From then on until `{partition}` is attached, `{default}` takes no row that is for it: an INSERT of one fails."


def recipe(part: Part) -> Stages | None:
    """Raises NoWay for a partition by hash, or the default one."""
    partition = _attached(part)
    found = part.migration.partitions.get(partition or "")
    if partition is None or found is None:
        return None
    if not found.conditions:
        raise NoWay(TITLE, REFUSED.format(partition=short(partition)))
    checks = [*_checks(part, partition, found)]
    return [*_stages(part, partition, found, checks)] if checks else None


def _attached(part: Part) -> str | None:
    attach, new = part.the(AttachPartition), part.the(CreateTable)
    if attach is not None:
        return part.locate(attach.partition)
    return part.locate(new.relation) if new is not None else None


def _checks(part: Part, partition: str, found: Partition) -> Iterator[Checked]:
    """One for each table that is read: the partition, and the default partition, from which its rows are kept."""
    siblings = part.migration.partitions
    default = next((name for name, one in siblings.items() if one.of == found.of and one.is_default), None)
    read = set(part.observation.scans)
    if part.the(AttachPartition) is not None and read - {default}:
        yield Checked(part, partition, _name(partition, "bounds"), " AND ".join(found.conditions))
    if default in read and default is not None:
        kept_out = f"NOT ({found.conditions[0]})"
        caution = OF_DEFAULT.format(default=short(default), partition=short(partition))
        yield Checked(part, default, _name(default, f"not_{table_part(partition)}"), kept_out, caution)


def _name(table: str, what: str) -> str:
    return named(table_part(table), what)


def _stages(part: Part, partition: str, found: Partition, checks: Sequence[Checked]) -> Iterator[Step]:
    for check in checks:
        yield check.for_new_rows()
    for check in checks:
        yield check.validated()
    table = quoted(short(partition))
    away = f"ALTER TABLE {quoted(short(found.of))} DETACH PARTITION {table}"
    yield part.step(
        Phase.SWITCH,
        f"`{short(partition)}` becomes a partition of `{short(found.of)}` without a row being read.",
        part.sql,
        undo=(away,) if part.the(AttachPartition) is not None else (f"DROP TABLE {table}",),
    )
    for check in checks:
        yield check.dropped()
