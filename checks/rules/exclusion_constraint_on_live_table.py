"""An EXCLUDE constraint added to a live table.

## What it does

Flags ADD CONSTRAINT … EXCLUDE that builds its index under an ACCESS EXCLUSIVE lock.

## Why it matters

Nobody can read or write the table until the index is built and all rows are checked against each other. PostgreSQL has
neither NOT VALID nor USING INDEX for exclusion constraints, so there is no way to add one while the table is in use.

## Setup

```sql
CREATE TABLE bookings (id bigint PRIMARY KEY, during tsrange);
INSERT INTO bookings SELECT n, tsrange('2030-01-01'::timestamp + n * interval '1 day', '2030-01-01'::timestamp + (n + 1) * interval '1 day')
FROM generate_series(1, 100) n;
```

## Bad

```sql
ALTER TABLE bookings ADD CONSTRAINT bookings_overlap EXCLUDE USING gist (during WITH &&);
```

## Good

```sql
CREATE TABLE bookings_by_range (
    id bigint PRIMARY KEY,
    during tsrange,
    CONSTRAINT bookings_overlap EXCLUDE USING gist (during WITH &&)
);
```

## When it is fine

On a small table, or in a maintenance window. Otherwise make a new table with the constraint, copy the rows in
batches, and swap the two.

## References

- [CREATE TABLE: EXCLUDE](https://www.postgresql.org/docs/current/sql-createtable.html#SQL-CREATETABLE-EXCLUDE)
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.model.findings import Finding, Severity
from checks.rules.constraints import built_under_lock
from checks.rules.findings import found
from checks.rules.review import Review
from checks.rules.wording import short

SEVERITY = Severity.ERROR
ABOUT = ("exclusion",)
SCALES = True


def check(review: Review) -> Iterator[Finding]:
    for run in review.runs:
        for constraint in built_under_lock(run, "exclusion"):
            table = short(run.locate(constraint.relation))
            yield found(
                __name__,
                SEVERITY,
                run,
                f"Builds the constraint's index while reads and writes of `{table}` wait (ACCESS EXCLUSIVE). "
                f"PostgreSQL has no way to add it online: do it in a maintenance window, or copy `{table}` in batches to a new "
                "table that has it.",
            )
            break
