"""DROP INDEX without CONCURRENTLY on a table that is in use.

## What it does

Flags an index of a live table that is dropped under an ACCESS EXCLUSIVE lock on the table. Where another statement of the
transaction, which drops no index, takes that lock as well, nothing is said.

## Why it matters

The drop itself is quick, but its lock has to wait for every running query on the table, and everything that
comes later, reads included, queues behind it. With CONCURRENTLY nobody waits.

## Setup

```sql
CREATE TABLE users (id bigint PRIMARY KEY, email text);
CREATE INDEX users_email_idx ON users (email);
```

## Bad

```sql
DROP INDEX users_email_idx;
```

## Good

```sql
-- migration 1, outside a transaction
DROP INDEX CONCURRENTLY users_email_idx;
```

## When it is fine

With a short `lock_timeout` and a retry, or on a table with few and short queries.

## References

- [DROP INDEX](https://www.postgresql.org/docs/current/sql-dropindex.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.model.findings import Finding, Severity
from checks.model.observations import LockMode
from checks.rules.actions import DropIndex
from checks.rules.findings import found
from checks.rules.review import Review
from checks.rules.wording import code, held, listed, outside_transaction, quoted, short

SEVERITY = Severity.WARNING
ABOUT = (DropIndex,)


def check(review: Review) -> Iterator[Finding]:
    for run in review.runs:
        dropped = [run.locate(index.relation) for index in run.each(DropIndex) if not index.concurrently]
        others = (other for other in (*run.ahead, *run.behind) if not any(other.each(DropIndex)))
        closed = {name for other in others for name in other.closes}
        locks = run.live_locks(LockMode.ACCESS_EXCLUSIVE)
        tables = {lock.relation: lock for lock in locks if lock.relation not in closed}
        known = (run.step.before.index(name) for name in dropped)
        blocked = {index.name: index.table for index in known if index is not None and index.table in tables}
        for table in dict.fromkeys(blocked.values()):
            indexes = [index for index in blocked if blocked[index] == table]
            online = code(*(f"DROP INDEX CONCURRENTLY {quoted(short(index))}" for index in indexes))
            yield found(
                __name__,
                SEVERITY,
                run,
                f"Drops {listed(map(short, indexes))} under an ACCESS EXCLUSIVE lock: every read and write of "
                f"`{short(table)}` waits {held(run, tables[table])}. Instead, {outside_transaction(run)}: {online}",
            )
