"""A PRIMARY KEY added to a live table without an index built beforehand.

## What it does

Flags ADD PRIMARY KEY that builds its index under an ACCESS EXCLUSIVE lock.

## Why it matters

Nobody can read or write the table until the index is built and, where the columns allow NULL, all rows are checked.
Built CONCURRENTLY first on columns that are NOT NULL, the index becomes the primary key's in an instant.

## Setup

```sql
CREATE TABLE users (id bigint NOT NULL, email text);
INSERT INTO users SELECT n, 'user' || n FROM generate_series(1, 100) n;
```

## Bad

```sql
ALTER TABLE users ADD CONSTRAINT users_pkey PRIMARY KEY (id);
```

## Good

```sql
-- migration 1, outside a transaction
CREATE UNIQUE INDEX CONCURRENTLY users_pkey ON users (id);
-- migration 2
ALTER TABLE users ADD CONSTRAINT users_pkey PRIMARY KEY USING INDEX users_pkey;
```

## When it is fine

On a small table, or one made in the same change (not flagged).

## References

- [ALTER TABLE: ADD table_constraint_using_index](https://www.postgresql.org/docs/current/sql-altertable.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.model.findings import Finding, Severity
from checks.rules.constraints import build_unique, built_under_lock, use_index
from checks.rules.findings import found
from checks.rules.review import Review
from checks.rules.wording import code, outside_transaction, short

SEVERITY = Severity.ERROR
ABOUT = ("primary key",)
SCALES = True
YIELDS_TO = ("add-column-serial", "add-column-volatile-default")


def check(review: Review) -> Iterator[Finding]:
    for run in review.runs:
        for key in built_under_lock(run, "primary key"):
            yield found(
                __name__,
                SEVERITY,
                run,
                f"Builds the primary key's index while reads and writes of `{short(run.locate(key.relation))}` wait "
                f"(ACCESS EXCLUSIVE). Instead, with the columns NOT NULL, {outside_transaction(run)}: "
                f"{code(build_unique(run, key))} and in a later migration {code(use_index(run, key))}",
            )
            break
