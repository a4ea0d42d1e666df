"""DETACH PARTITION without CONCURRENTLY.

## What it does

Flags DETACH PARTITION that took an ACCESS EXCLUSIVE lock on a live partitioned table. Before PostgreSQL 14 there is
no other way, and it is a note there.

## Why it matters

Nothing is read, but every query on the partitioned table and on all of its partitions waits for the lock, behind the
longest one that runs. CONCURRENTLY waits without stopping anybody.

## Setup

```sql
CREATE TABLE events (day date NOT NULL) PARTITION BY RANGE (day);
CREATE TABLE events_2020 PARTITION OF events FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
```

## Bad

```sql
ALTER TABLE events DETACH PARTITION events_2020;
```

## Good

```sql
-- migration 1, outside a transaction
ALTER TABLE events DETACH PARTITION events_2020 CONCURRENTLY;
-- migration 2, which drops what PostgreSQL has left of the bounds
ALTER TABLE events_2020 DROP CONSTRAINT events_2020_day_check;
```

## When it is fine

When there is a default partition, with which CONCURRENTLY is refused: then with a short `lock_timeout` and a retry.

## References

- [ALTER TABLE: DETACH PARTITION](https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-DETACH-PARTITION)
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.model.findings import Finding, Severity
from checks.model.observations import LockMode
from checks.rules.actions import DetachPartition
from checks.rules.findings import found
from checks.rules.review import Review, Run
from checks.rules.wording import code, outside_transaction, quoted, short

SEVERITY = Severity.WARNING
ABOUT = (DetachPartition,)
_CONCURRENTLY_SINCE = 140000


def check(review: Review) -> Iterator[Finding]:
    for run in review.runs:
        for detach in run.each(DetachPartition):
            if not detach.concurrently and run.blocks(detach.relation, LockMode.ACCESS_EXCLUSIVE):
                online = review.postgres >= _CONCURRENTLY_SINCE and not _has_default(run, detach)
                severity = SEVERITY if online else Severity.INFO
                yield found(__name__, severity, run, _message(run, detach, online))
                break


def _has_default(run: Run, detach: DetachPartition) -> bool:
    catalog = run.step.before
    parts = catalog.partitions(run.locate(detach.relation))
    return any(
        catalog.objects[("table", part)].get("bound") == "DEFAULT"
        for part in parts
        if part in catalog.tables()
    )


def _message(run: Run, detach: DetachPartition, online: bool) -> str:
    table = short(run.locate(detach.relation))
    waits = f"All queries on `{table}` and its partitions wait for this (ACCESS EXCLUSIVE). "
    if not online:
        return f"{waits}Give it a transaction of its own with a short `lock_timeout`, and try again when it runs out."
    command = f"ALTER TABLE {quoted(table)} DETACH PARTITION {quoted(detach.partition)} CONCURRENTLY"
    return f"{waits}Instead, {outside_transaction(run)}: {code(command)}"
