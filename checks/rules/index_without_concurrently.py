"""CREATE INDEX without CONCURRENTLY on a table that is in use.

## What it does

Flags an index that is built on a live table while PostgreSQL holds a SHARE lock on it.

## Why it matters

The lock lets nobody insert, update or delete until the index is built and the transaction has committed:
seconds on a small table, many minutes on a large one. With CONCURRENTLY PostgreSQL reads the table twice
and lets writers go on meanwhile.

## Setup

```sql
CREATE TABLE users (id bigint PRIMARY KEY, email text);
INSERT INTO users SELECT n, 'user' || n FROM generate_series(1, 100) n;
```

## Bad

```sql
CREATE INDEX users_email_idx ON users (email);
```

## Good

```sql
-- migration 1, outside a transaction
CREATE INDEX CONCURRENTLY users_email_idx ON users (email);
```

## When it is fine

On a table made in the same change (not flagged), and on one that is so small, or so rarely written to,
that its writers can wait.

## References

- [CREATE INDEX: Building Indexes Concurrently](https://www.postgresql.org/docs/current/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY)
- [Table-level locks](https://www.postgresql.org/docs/current/explicit-locking.html#LOCKING-TABLES)
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.model.findings import Finding, Severity
from checks.model.observations import LockMode
from checks.rules.actions import CreateIndex
from checks.rules.findings import found
from checks.rules.review import Review, Run
from checks.rules.schema import is_materialized_view, is_partitioned
from checks.rules.wording import code, held, outside_transaction, short

SEVERITY = Severity.ERROR
ABOUT = (CreateIndex,)
SCALES = True


def check(review: Review) -> Iterator[Finding]:
    for run in review.runs:
        for index in run.each(CreateIndex):
            built = bool(run.observation.indexes_built)
            waits = run.blocks(index.relation, LockMode.SHARE) and not _has_no_writers(run, index)
            if built and not index.concurrently and waits:
                yield found(__name__, SEVERITY, run, _message(run, index))
                break


def _has_no_writers(run: Run, index: CreateIndex) -> bool:
    """Only a REFRESH waits for the lock on a materialized view: nobody else writes to it."""
    return is_materialized_view(run.step.before, run.locate(index.relation))


def _message(run: Run, index: CreateIndex) -> str:
    table = run.locate(index.relation)
    lock = run.lock(table)
    assert lock is not None
    return (
        f"Builds an index while a {lock.mode} lock stops every write to `{short(table)}` {held(run, lock)}. "
        + _remedy(run, index, table)
    )


def _remedy(run: Run, index: CreateIndex, table: str) -> str:
    if is_partitioned(run.step.before, table):
        return (
            f"CONCURRENTLY does not work on a partitioned table: create it ON ONLY `{short(table)}`, build one on each "
            "partition CONCURRENTLY, then ALTER INDEX … ATTACH PARTITION."
        )
    online = code(index.online) if index.online else "CREATE INDEX CONCURRENTLY"
    return f"Instead, {outside_transaction(run)}: {online}"
