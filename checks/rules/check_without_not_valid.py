"""A CHECK constraint added to a live table without NOT VALID.

## What it does

Flags a CHECK constraint for which PostgreSQL reads the whole live table under an ACCESS EXCLUSIVE lock.

## Why it matters

Nobody can read or write the table until all rows have been checked. With NOT VALID the lock lasts an instant,
and the later VALIDATE CONSTRAINT lets readers and writers go on.

## Setup

```sql
CREATE TABLE orders (id bigint PRIMARY KEY, total integer);
INSERT INTO orders SELECT n, n FROM generate_series(1, 100) n;
```

## Bad

```sql
ALTER TABLE orders ADD CONSTRAINT orders_total_positive CHECK (total > 0);
```

## Good

```sql
-- migration 1
ALTER TABLE orders ADD CONSTRAINT orders_total_positive CHECK (total > 0) NOT VALID;
-- migration 2
ALTER TABLE orders VALIDATE CONSTRAINT orders_total_positive;
```

## When it is fine

On a small table, or one made in the same change (not flagged).

## References

- [ALTER TABLE: Notes](https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-NOTES)
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.model.findings import Finding, Severity
from checks.model.observations import LockMode
from checks.rules.actions import AddConstraint
from checks.rules.constraints import add_not_valid, validate
from checks.rules.findings import found
from checks.rules.review import Review, Run
from checks.rules.wording import code, short

SEVERITY = Severity.ERROR
ABOUT = ("check",)
SCALES = True


def check(review: Review) -> Iterator[Finding]:
    for run in review.runs:
        for constraint in run.each(AddConstraint):
            if constraint.kind == "check" and not constraint.not_valid and _reads_under_lock(run, constraint):
                table = short(run.locate(constraint.relation))
                yield found(
                    __name__,
                    SEVERITY,
                    run,
                    f"Reads all of `{table}` for the check while its reads and writes wait (ACCESS EXCLUSIVE). "
                    f"Instead: {code(add_not_valid(run, constraint))} and in a later migration "
                    f"{code(validate(run, constraint))}",
                )
                break


def _reads_under_lock(run: Run, constraint: AddConstraint) -> bool:
    table = constraint.relation
    return run.blocks(table, LockMode.ACCESS_EXCLUSIVE) and run.scans(table) and not run.rewrites(table)
