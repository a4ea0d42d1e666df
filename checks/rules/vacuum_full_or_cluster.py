"""VACUUM FULL or CLUSTER of a live table.

## What it does

Flags VACUUM FULL and CLUSTER that wrote a live table anew.

## Why it matters

All rows are copied while nobody can read or write the table, and the copy needs as much disk again. Plain VACUUM
frees the space for new rows without stopping anybody.

## Setup

```sql
CREATE TABLE users (id bigint PRIMARY KEY, email text);
INSERT INTO users SELECT n, 'user' || n FROM generate_series(1, 100) n;
```

## Bad

```sql
-- migration 1, outside a transaction
VACUUM FULL users;
```

## Good

```sql
-- migration 1, outside a transaction
VACUUM users;
```

## When it is fine

In a maintenance window, when the disk must have the space back. `pg_repack` and `pg_squeeze` do the same with short
locks.

## References

- [VACUUM](https://www.postgresql.org/docs/current/sql-vacuum.html)
- [CLUSTER](https://www.postgresql.org/docs/current/sql-cluster.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.model.findings import Finding, Severity
from checks.rules.findings import found
from checks.rules.objects import Compact
from checks.rules.review import Review
from checks.rules.rewrites import rewritten

SEVERITY = Severity.ERROR
ABOUT = (Compact,)
SCALES = True


def check(review: Review) -> Iterator[Finding]:
    for run in review.runs:
        tables = [name for name in run.observation.rewrites if run.is_live(name)]
        command = next(run.each(Compact), None)
        if command is not None and tables:
            yield found(
                __name__,
                SEVERITY,
                run,
                f"{command.command} {rewritten(run, tables[0])}. A migration is not the place for that: leave it to autovacuum, "
                "or use pg_repack or a maintenance window.",
            )
