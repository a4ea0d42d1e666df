"""One transaction that closes several live tables, one after the other.

## What it does

Notes a transaction whose statements take ACCESS EXCLUSIVE locks on more than one live table.

## Why it matters

The first table stays closed while the migration waits for the second, and a session that takes the same tables in
another order makes a deadlock, which ends one of the two.

## Setup

```sql
CREATE TABLE users (id bigint PRIMARY KEY);
CREATE TABLE orders (id bigint PRIMARY KEY);
```

## Bad

```sql
ALTER TABLE users ADD COLUMN name text;
ALTER TABLE orders ADD COLUMN note text;
```

## Good

```sql
-- migration 1
ALTER TABLE users ADD COLUMN name text;
-- migration 2
ALTER TABLE orders ADD COLUMN note text;
```

## When it is fine

When the tables have few readers, or with a short `lock_timeout` and a retry.

## References

- [Deadlocks](https://www.postgresql.org/docs/current/explicit-locking.html#LOCKING-DEADLOCKS)
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.model.findings import Finding, Severity
from checks.rules.findings import found
from checks.rules.review import Review, Run
from checks.rules.topics import Topic
from checks.rules.wording import listed, short

SEVERITY = Severity.INFO
ABOUT = (Topic.LOCKS,)
YIELDS_TO = ("backfill-with-ddl", "statement-while-holding-access-exclusive")


def check(review: Review) -> Iterator[Finding]:
    for transaction in review.transactions:
        closed: list[str] = []
        second = None
        for run in transaction:
            new = [table for table in _closed(run) if table not in closed]
            if new and closed and second is None:
                second = run
            closed += new
        if second is not None:
            yield found(
                __name__,
                SEVERITY,
                second,
                f"{listed(map(short, closed))} are all closed to reads and writes until this transaction commits "
                "(ACCESS EXCLUSIVE). A migration for each table keeps the waits short and cannot deadlock.",
            )


def _closed(run: Run) -> list[str]:
    """The live tables that it closes, by the names that they had; a partition only where its table stays open."""
    tables = {name: run.step.before.properties("table", name) for name in run.closes}
    return [
        name
        for name, table in tables.items()
        if table is not None and table.get("partition_of") not in run.closes
    ]
