"""A foreign key that is dropped, by itself or with its table, and locks both tables.

## What it does

Flags DROP CONSTRAINT of a foreign key, and DROP TABLE of a table with one, when it takes ACCESS EXCLUSIVE on
another live table without a `lock_timeout`, or keeps it while more statements run (a warning when one of them takes its time).

## Why it matters

PostgreSQL removes triggers from the referenced table too, so reads and writes of that table wait as well, although the
statement never names it. Behind a long query the whole application queues.

## Setup

```sql
CREATE TABLE users (id bigint PRIMARY KEY);
CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint CONSTRAINT orders_user_fk REFERENCES users (id));
```

## Bad

```sql
ALTER TABLE orders DROP CONSTRAINT orders_user_fk;
```

## Good

```sql
SET LOCAL lock_timeout = '2s';
ALTER TABLE orders DROP CONSTRAINT orders_user_fk;
```

## When it is fine

In a transaction of its own with a short `lock_timeout` and a retry, as in the good example. There is no way to drop a foreign key without
these locks.

## References

- [DROP TABLE](https://www.postgresql.org/docs/current/sql-droptable.html)
- [Table-level locks](https://www.postgresql.org/docs/current/explicit-locking.html#LOCKING-TABLES)
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from checks.model.findings import Finding, Severity
from checks.model.observations import LockMode
from checks.rules.actions import DropConstraint, DropTable
from checks.rules.findings import found
from checks.rules.review import Review, Run
from checks.rules.wording import listed, said_by_tool, short

SEVERITY = Severity.INFO
ABOUT = (DropConstraint, DropTable)


def check(review: Review) -> Iterator[Finding]:
    for run in review.runs:
        closed = {name for earlier in _earlier(review, run) for name in earlier.closes}
        others = [name for name in _referenced(run) if run.blocks(name, LockMode.ACCESS_EXCLUSIVE)]
        others = [name for name in others if name not in closed]
        behind = len(run.behind)
        if others and (behind or not run.has_lock_timeout):
            yield found(
                __name__,
                Severity.WARNING if any(later.is_slow for later in run.behind) else SEVERITY,
                run,
                f"Dropping the foreign key locks {listed(map(short, others))} too: its reads and writes wait "
                f"(ACCESS EXCLUSIVE){f', through {behind} more statements until commit' if behind else ''}. "
                f"Run it in a transaction of its own, behind {said_by_tool(run, TIMEOUT)}",
            )


TIMEOUT = "SET LOCAL lock_timeout = '2s'"


def _earlier(review: Review, run: Run) -> Sequence[Run]:
    """The statements before it in its transaction: what they close stays closed."""
    together = review.together(run)
    return together[: together.index(run)]


def _referenced(run: Run) -> list[str]:
    """The other tables that the foreign keys which are dropped refer to."""
    dropped_tables = {run.locate(drop.relation) for drop in run.each(DropTable)}
    dropped_keys = {(run.locate(drop.relation), drop.name) for drop in run.each(DropConstraint)}
    targets = [
        key.references
        for key in run.step.before.foreign_keys()
        if key.references
        and (key.table in dropped_tables or (key.table, key.name) in dropped_keys)
        and key.references not in dropped_tables | {key.table}
    ]
    return list(dict.fromkeys(targets))
