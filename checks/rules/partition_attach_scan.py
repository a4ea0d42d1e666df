"""A new partition for which PostgreSQL has to read a live table.

## What it does

Flags ATTACH PARTITION and CREATE TABLE … PARTITION OF during which PostgreSQL read the new partition, or the default
partition, from end to end, while an ACCESS EXCLUSIVE lock on that table was held.

## Why it matters

PostgreSQL makes sure that every row of the new partition belongs there, and that no row of the default partition
does. Until it has read them, nobody can read or write the table. A validated CHECK that implies the bounds spares it
the reading; on the default partition it is one that excludes them.

## Setup

```sql
CREATE TABLE events (day date NOT NULL, note text) PARTITION BY RANGE (day);
CREATE TABLE events_2030 (day date NOT NULL, note text);
INSERT INTO events_2030 SELECT '2030-01-01'::date + n, 'x' FROM generate_series(1, 100) n;
```

## Bad

```sql
ALTER TABLE events ATTACH PARTITION events_2030 FOR VALUES FROM ('2030-01-01') TO ('2031-01-01');
```

## Good

```sql
-- migration 1
ALTER TABLE events_2030 ADD CONSTRAINT events_2030_bounds CHECK (day >= '2030-01-01' AND day < '2031-01-01') NOT VALID;
-- migration 2
ALTER TABLE events_2030 VALIDATE CONSTRAINT events_2030_bounds;
-- migration 3
ALTER TABLE events ATTACH PARTITION events_2030 FOR VALUES FROM ('2030-01-01') TO ('2031-01-01');
ALTER TABLE events_2030 DROP CONSTRAINT events_2030_bounds;
```

## When it is fine

When the table that is read is small, or made in the same change (not flagged).

## References

- [Partition maintenance](https://www.postgresql.org/docs/current/ddl-partitioning.html#DDL-PARTITIONING-DECLARATIVE-MAINTENANCE)
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.model.findings import Finding, Severity
from checks.model.observations import LockMode
from checks.rules.actions import AttachPartition, CreateTable
from checks.rules.findings import found
from checks.rules.objects_between import facts
from checks.rules.review import Review, Run
from checks.rules.wording import listed, short

SEVERITY = Severity.ERROR
ABOUT = (AttachPartition, CreateTable)
SCALES = True


def check(review: Review) -> Iterator[Finding]:
    for run in review.runs:
        partition = _new_partition(run)
        read = _read(run) if partition is not None else []
        if partition is not None and read:
            yield found(__name__, SEVERITY, run, _message(read, partition))


def _new_partition(run: Run) -> str | None:
    """The table that ATTACH PARTITION or CREATE TABLE … PARTITION OF makes one."""
    for attach in run.each(AttachPartition):
        return run.locate(attach.partition)
    for table in run.each(CreateTable):
        name = run.locate(table.relation)
        if facts(run.step.after, "table", name) and facts(run.step.after, "table", name)["partition_of"]:
            return name
    return None


def _read(run: Run) -> list[str]:
    """The live tables that were read while nobody else could."""
    return [name for name in run.observation.scans if run.blocks(name, LockMode.ACCESS_EXCLUSIVE)]


def _message(read: list[str], partition: str) -> str:
    kind = "implies the bounds" if partition in read else "excludes the rows of the new partition"
    return (
        f"Reads all of {listed(map(short, read))} while reads and writes of it wait (ACCESS EXCLUSIVE). Before it, add a CHECK "
        f"that {kind} to `{short(read[0])}` as NOT VALID, and VALIDATE it in a later migration; then nothing is read."
    )
