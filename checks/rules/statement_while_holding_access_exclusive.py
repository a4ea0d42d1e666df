"""A slow statement that runs while an earlier one still closes a live table.

## What it does

Flags the first statement of a transaction that scans, rewrites or indexes live rows while an ACCESS EXCLUSIVE lock of an
earlier statement is held on another live table.

## Why it matters

Locks are kept until commit. A change that takes an instant by itself then closes its table for as long as the slow
statement behind it takes.

## Setup

```sql
CREATE TABLE users (id bigint PRIMARY KEY, email text);
CREATE TABLE orders (id bigint PRIMARY KEY, total integer);
INSERT INTO orders SELECT n, n FROM generate_series(1, 100) n;
```

## Bad

```sql
ALTER TABLE users ADD COLUMN name text;
CREATE INDEX orders_total_idx ON orders (total);
```

## Good

```sql
-- migration 1
ALTER TABLE users ADD COLUMN name text;
-- migration 2, outside a transaction
CREATE INDEX CONCURRENTLY orders_total_idx ON orders (total);
```

## When it is fine

When all tables concerned are small.

## References

- [Explicit locking](https://www.postgresql.org/docs/current/explicit-locking.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.model.findings import Finding, Severity
from checks.model.observations import LockMode
from checks.rules.findings import found
from checks.rules.review import Review, Run
from checks.rules.topics import Topic
from checks.rules.wording import short

SEVERITY = Severity.ERROR
ABOUT = (Topic.WORK,)
SCALES = True
YIELDS_TO = ("validate-in-same-transaction", "backfill-with-ddl")


def check(review: Review) -> Iterator[Finding]:
    told = set()
    for run in review.runs:
        transaction = run.step.id, run.observation.transaction
        if transaction in told or not run.works_on_live_rows:
            continue
        closed = next(closed_before(run), None)
        if closed is not None:
            told.add(transaction)
            line, relation = closed
            yield found(
                __name__,
                SEVERITY,
                run,
                f"Takes its time while `{short(relation)}` is closed to reads and writes since line {line} (ACCESS EXCLUSIVE until "
                "commit). Move it to a migration of its own.",
            )


def closed_before(run: Run) -> Iterator[tuple[int, str]]:
    """Line and table of the earlier locks under which it runs, but for tables that it blocks by itself."""
    own = {lock.relation for lock in run.live_locks(LockMode.SHARE)}
    for earlier in run.review.closing(run):
        for relation in earlier.closes if earlier.position < run.position else ():
            if relation not in own:
                yield earlier.observation.line, relation
