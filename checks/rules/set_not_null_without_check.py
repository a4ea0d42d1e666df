"""SET NOT NULL on a live column that no constraint proves free of NULLs.

## What it does

Flags SET NOT NULL for which PostgreSQL read the whole live table under an ACCESS EXCLUSIVE lock.

## Why it matters

Nobody can read or write the table until all rows have been looked at. If a validated CHECK (column IS NOT NULL) exists,
PostgreSQL skips the scan and the lock lasts an instant.

## Setup

```sql
CREATE TABLE users (id bigint PRIMARY KEY, email text);
INSERT INTO users SELECT n, 'user' || n FROM generate_series(1, 100) n;
```

## Bad

```sql
ALTER TABLE users ALTER COLUMN email SET NOT NULL;
```

## Good

```sql
-- migration 1
ALTER TABLE users ADD CONSTRAINT users_email_is_there CHECK (email IS NOT NULL) NOT VALID;
-- migration 2
ALTER TABLE users VALIDATE CONSTRAINT users_email_is_there;
-- migration 3
ALTER TABLE users ALTER COLUMN email SET NOT NULL;
ALTER TABLE users DROP CONSTRAINT users_email_is_there;
```

## When it is fine

On a small table, or one made in the same change (not flagged).

## References

- [ALTER TABLE: SET NOT NULL](https://www.postgresql.org/docs/current/sql-altertable.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.model.findings import Finding, Severity
from checks.model.observations import LockMode
from checks.rules.actions import AddConstraint, SetNotNull
from checks.rules.findings import found
from checks.rules.review import Review, Run
from checks.rules.wording import check_for_not_null, code, quoted, short

SEVERITY = Severity.ERROR
ABOUT = (AddConstraint, SetNotNull)
SCALES = True


def check(review: Review) -> Iterator[Finding]:
    for run in review.runs:
        for table, column in _columns(run):
            if run.blocks(table, LockMode.ACCESS_EXCLUSIVE) and run.scans(table) and not run.rewrites(table):
                yield found(__name__, SEVERITY, run, _message(table, column))
                break


def _columns(run: Run) -> Iterator[tuple[str, str]]:
    for change in run.each(SetNotNull):
        yield run.locate(change.relation), change.column
    for constraint in run.each(AddConstraint):
        if constraint.kind == "not null" and not constraint.not_valid:
            yield from ((run.locate(constraint.relation), column) for column in constraint.columns)


def _message(table: str, column: str) -> str:
    alter = f"ALTER TABLE {quoted(short(table))}"
    name = quoted(check_for_not_null(table, column))
    return (
        f"Reads all of `{short(table)}` while its reads and writes wait (ACCESS EXCLUSIVE). "
        f"Before it: {code(f'{alter} ADD CONSTRAINT {name} CHECK ({quoted(column)} IS NOT NULL) NOT VALID')} "
        f"and in a later migration {code(f'{alter} VALIDATE CONSTRAINT {name}')}; then it reads nothing."
    )
