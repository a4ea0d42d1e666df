"""A UNIQUE constraint added to a live table without an index built beforehand.

## What it does

Flags ADD UNIQUE (as a constraint or on a new column) that builds its index under an ACCESS EXCLUSIVE lock.

## Why it matters

Nobody can read or write the table until the index is built. Built CONCURRENTLY first, the index becomes the
constraint's in an instant.

## Setup

```sql
CREATE TABLE users (id bigint PRIMARY KEY, email text);
INSERT INTO users SELECT n, 'user' || n FROM generate_series(1, 100) n;
```

## Bad

```sql
ALTER TABLE users ADD CONSTRAINT users_email_key UNIQUE (email);
```

## Good

```sql
-- migration 1, outside a transaction
CREATE UNIQUE INDEX CONCURRENTLY users_email_key ON users (email);
-- migration 2
ALTER TABLE users ADD CONSTRAINT users_email_key UNIQUE USING INDEX users_email_key;
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
ABOUT = ("unique",)
SCALES = True


def check(review: Review) -> Iterator[Finding]:
    for run in review.runs:
        for constraint in built_under_lock(run, "unique"):
            yield found(
                __name__,
                SEVERITY,
                run,
                f"Builds the constraint's index while reads and writes of `{short(run.locate(constraint.relation))}` wait "
                f"(ACCESS EXCLUSIVE). Instead, {outside_transaction(run)}: {code(build_unique(run, constraint))} "
                f"and in a later migration {code(use_index(run, constraint))}",
            )
            break
