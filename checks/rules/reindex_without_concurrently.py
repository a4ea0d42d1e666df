"""REINDEX without CONCURRENTLY on a table that is in use.

## What it does

Flags REINDEX of an index, a table or a schema that holds blocking locks on live tables while it builds.

## Why it matters

Writes to the table wait for its SHARE lock until every index is built. Reads that would use the index wait
too, because the index itself is locked ACCESS EXCLUSIVE.

## Setup

```sql
CREATE TABLE users (id bigint PRIMARY KEY, email text);
CREATE INDEX users_email_idx ON users (email);
INSERT INTO users SELECT n, 'user' || n FROM generate_series(1, 100) n;
```

## Bad

```sql
REINDEX TABLE users;
```

## Good

```sql
-- migration 1, outside a transaction
REINDEX TABLE CONCURRENTLY users;
```

## When it is fine

While the application is stopped.

## References

- [REINDEX: Rebuilding Indexes Concurrently](https://www.postgresql.org/docs/current/sql-reindex.html#SQL-REINDEX-CONCURRENTLY)
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.model.findings import Finding, Severity
from checks.model.observations import LockMode
from checks.rules.actions import Reindex
from checks.rules.findings import found
from checks.rules.review import Review
from checks.rules.wording import code, listed, outside_transaction, quoted, short

SEVERITY = Severity.ERROR
ABOUT = (Reindex,)
SCALES = True


def check(review: Review) -> Iterator[Finding]:
    for run in review.runs:
        blocked = [lock.relation for lock in run.live_locks(LockMode.SHARE)]
        for reindex in run.each(Reindex):
            if not reindex.concurrently and blocked:
                online = code(f"REINDEX {reindex.kind.upper()} CONCURRENTLY {quoted(reindex.relation)}")
                yield found(
                    __name__,
                    SEVERITY,
                    run,
                    f"Rebuilds indexes while every write to {listed(map(short, blocked))} waits. "
                    f"Instead, {outside_transaction(run)}: {online}",
                )
                break
