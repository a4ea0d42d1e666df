"""A primary key on columns that may be NULL, made of an index that is there.

## What it does

Flags ADD PRIMARY KEY USING INDEX for which PostgreSQL read the whole live table.

## Why it matters

The index is ready, but a column of it may still be NULL, so PostgreSQL looks for NULLs in all rows while nobody else
can read or write the table. A validated CHECK (column IS NOT NULL) spares it the reading.

## Setup

```sql
CREATE TABLE users (id bigint, email text);
INSERT INTO users SELECT n, 'user' || n FROM generate_series(1, 100) n;
CREATE UNIQUE INDEX users_pkey ON users (id);
```

## Bad

```sql
ALTER TABLE users ADD CONSTRAINT users_pkey PRIMARY KEY USING INDEX users_pkey;
```

## Good

```sql
-- migration 1
ALTER TABLE users ADD CONSTRAINT users_id_is_there CHECK (id IS NOT NULL) NOT VALID;
-- migration 2
ALTER TABLE users VALIDATE CONSTRAINT users_id_is_there;
-- migration 3
ALTER TABLE users ADD CONSTRAINT users_pkey PRIMARY KEY USING INDEX users_pkey;
```

## When it is fine

On a small table.

## References

- [ALTER TABLE](https://www.postgresql.org/docs/current/sql-altertable.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.model.findings import Finding, Severity
from checks.model.observations import LockMode
from checks.rules.actions import AddConstraint
from checks.rules.findings import found
from checks.rules.review import Review
from checks.rules.wording import short

SEVERITY = Severity.ERROR
ABOUT = ("primary key",)
SCALES = True


def check(review: Review) -> Iterator[Finding]:
    for run in review.runs:
        for key in run.each(AddConstraint):
            closed = run.blocks(key.relation, LockMode.ACCESS_EXCLUSIVE)
            if key.kind == "primary key" and key.index is not None and closed and run.scans(key.relation):
                table = short(run.locate(key.relation))
                yield found(
                    __name__,
                    SEVERITY,
                    run,
                    f"Reads all of `{table}` to look for NULLs while its reads and writes wait (ACCESS EXCLUSIVE). Before it, add "
                    "CHECK (… IS NOT NULL) NOT VALID for the columns of the key, and VALIDATE it in a later migration.",
                )
                break
