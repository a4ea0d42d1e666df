"""A column type or collation change that rebuilds indexes of a live table.

## What it does

Flags ALTER COLUMN … TYPE that leaves the table's rows alone but builds indexes anew under an ACCESS EXCLUSIVE lock.

## Why it matters

Nobody can read or write the table until the indexes are built. It happens when the values stay the same but their
order does not: another collation, or another operator class.

## Setup

```sql
CREATE TABLE users (id bigint PRIMARY KEY, email text);
CREATE INDEX users_email_idx ON users (email);
INSERT INTO users SELECT n, 'user' || n FROM generate_series(1, 100) n;
```

## Bad

```sql
ALTER TABLE users ALTER COLUMN email TYPE text COLLATE "C";
```

## Good

```sql
-- migration 1, outside a transaction
DROP INDEX CONCURRENTLY users_email_idx;
-- migration 2
ALTER TABLE users ALTER COLUMN email TYPE text COLLATE "C";
-- migration 3, outside a transaction
CREATE INDEX CONCURRENTLY users_email_idx ON users (email);
```

## When it is fine

On a small table, or when queries cannot do without the index meanwhile and a maintenance window is at hand.

## References

- [ALTER TABLE: Notes](https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-NOTES)
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.model.findings import Finding, Severity
from checks.model.observations import LockMode
from checks.rules.actions import ChangeType
from checks.rules.findings import found
from checks.rules.review import Review, Run
from checks.rules.wording import listed, outside_transaction, short

SEVERITY = Severity.ERROR
ABOUT = (ChangeType,)
SCALES = True


def check(review: Review) -> Iterator[Finding]:
    for run in review.runs:
        for change in run.each(ChangeType):
            rebuilt = _rebuilt(run, run.locate(change.relation))
            if rebuilt:
                yield found(
                    __name__,
                    SEVERITY,
                    run,
                    f"Builds {listed(map(short, rebuilt))} anew while reads and writes of "
                    f"`{short(run.locate(change.relation))}` wait (ACCESS EXCLUSIVE). Instead, drop the index before and create it "
                    f"after, both CONCURRENTLY and {outside_transaction(run)}.",
                )
                break


def _rebuilt(run: Run, table: str) -> list[str]:
    if run.rewrites(table) or not run.blocks(table, LockMode.ACCESS_EXCLUSIVE):
        return []
    before = {index.name for index in run.step.before.indexes(table)}
    return [name for name in run.observation.indexes_built if name in before]
