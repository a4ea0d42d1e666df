"""LOCK TABLE on a live table.

## What it does

Flags LOCK TABLE in a mode that stops the writes, or reads and writes, of a live table.

## Why it matters

The lock is kept until the transaction ends, whatever the statements behind it need. Each of them takes the lock that
it needs by itself.

## Setup

```sql
CREATE TABLE users (id bigint PRIMARY KEY, email text);
```

## Bad

```sql
LOCK TABLE users IN ACCESS EXCLUSIVE MODE;
ALTER TABLE users ADD COLUMN name text;
```

## Good

```sql
SET LOCAL lock_timeout = '2s';
ALTER TABLE users ADD COLUMN name text;
```

## When it is fine

To take several locks in a fixed order before the first change, with a short `lock_timeout`, so that no deadlock can
happen.

## References

- [LOCK](https://www.postgresql.org/docs/current/sql-lock.html)
- [Table-level locks](https://www.postgresql.org/docs/current/explicit-locking.html#LOCKING-TABLES)
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.model.findings import Finding, Severity
from checks.rules.findings import found
from checks.rules.objects import LockTable
from checks.rules.review import Review
from checks.rules.wording import held, short

SEVERITY = Severity.WARNING
ABOUT = (LockTable,)


def check(review: Review) -> Iterator[Finding]:
    for run in review.runs:
        for lock in run.each(LockTable):
            taken = run.lock(lock.relation)
            if taken is not None and run.blocks(lock.relation, lock.mode) and lock.mode.blocks_writes:
                stops = "reads and writes" if lock.mode.blocks_reads else "writes"
                yield found(
                    __name__,
                    SEVERITY if run.behind else Severity.INFO,
                    run,
                    f"Stops {stops} of `{short(taken.relation)}` ({lock.mode}) {held(run, taken)}. Leave it out: each statement "
                    "takes the lock that it needs.",
                )
                break
