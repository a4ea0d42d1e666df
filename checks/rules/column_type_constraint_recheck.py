"""A column type change that checks the constraints of a live table again.

## What it does

Flags a change of a column type that PostgreSQL did without writing the table anew, but for which it read all rows to
check a CHECK constraint or a foreign key again.

## Why it matters

To make a varchar longer takes an instant by itself. With a constraint on the column PostgreSQL reads the whole table
while nobody else can read or write it.

## Setup

```sql
CREATE TABLE users (id bigint PRIMARY KEY, email varchar(50) CONSTRAINT users_email_check CHECK (email <> ''));
INSERT INTO users SELECT n, 'user' || n FROM generate_series(1, 100) n;
```

## Bad

```sql
ALTER TABLE users ALTER COLUMN email TYPE varchar(100);
```

## Good

```sql
-- migration 1
ALTER TABLE users DROP CONSTRAINT users_email_check;
ALTER TABLE users ALTER COLUMN email TYPE varchar(100);
ALTER TABLE users ADD CONSTRAINT users_email_check CHECK (email <> '') NOT VALID;
-- migration 2
ALTER TABLE users VALIDATE CONSTRAINT users_email_check;
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
from checks.rules.actions import AddConstraint, ChangeType, SetNotNull
from checks.rules.findings import found
from checks.rules.review import Review, Run
from checks.rules.wording import listed, short

SEVERITY = Severity.ERROR
ABOUT = (ChangeType,)
SCALES = True


def check(review: Review) -> Iterator[Finding]:
    for run in review.runs:
        for change in run.each(ChangeType):
            if _only_reads(run, change.relation):
                yield found(__name__, SEVERITY, run, _message(run, change))
                break


def _only_reads(run: Run, table: str) -> bool:
    """Whether nothing but the constraints on the column can be the reason of the reading."""
    others = next(run.each(AddConstraint), None) or next(run.each(SetNotNull), None)
    builds = bool(run.observation.indexes_built)
    closed = run.blocks(table, LockMode.ACCESS_EXCLUSIVE)
    return closed and run.scans(table) and not run.rewrites(table) and not builds and others is None


def _message(run: Run, change: ChangeType) -> str:
    table = run.locate(change.relation)
    names = [
        constraint.name
        for constraint in run.step.before.constraints(table)
        if change.column in constraint.columns and constraint.kind in ("check", "foreign key")
    ]
    what = listed(names) if names else "its constraints"
    return (
        f"Reads all of `{short(table)}` to check {what} again, while its reads and writes wait (ACCESS EXCLUSIVE). In one "
        "migration drop the constraint, change the type and add it again as NOT VALID; VALIDATE it in a later one."
    )
