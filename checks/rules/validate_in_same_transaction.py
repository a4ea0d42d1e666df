"""VALIDATE CONSTRAINT in the transaction that added the constraint.

## What it does

Flags the validation of a constraint while an earlier statement of the same transaction still holds a blocking lock on
the table.

## Why it matters

NOT VALID followed by VALIDATE is meant to read the table under a weak lock. In one transaction the strong lock of the
first statement is kept until commit, so the table is closed for the whole scan: nothing is gained.

## Setup

```sql
CREATE TABLE orders (id bigint PRIMARY KEY, total integer);
INSERT INTO orders SELECT n, n FROM generate_series(1, 100) n;
```

## Bad

```sql
ALTER TABLE orders ADD CONSTRAINT orders_total_positive CHECK (total > 0) NOT VALID;
ALTER TABLE orders VALIDATE CONSTRAINT orders_total_positive;
```

## Good

```sql
-- migration 1
ALTER TABLE orders ADD CONSTRAINT orders_total_positive CHECK (total > 0) NOT VALID;
-- migration 2
ALTER TABLE orders VALIDATE CONSTRAINT orders_total_positive;
```

## When it is fine

On a small table.

## References

- [ALTER TABLE: Notes](https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-NOTES)
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.model.findings import Finding, Severity
from checks.model.observations import Lock
from checks.rules.actions import ValidateConstraint
from checks.rules.findings import found
from checks.rules.review import Review, Run
from checks.rules.wording import code, quoted, short

SEVERITY = Severity.ERROR
ABOUT = (ValidateConstraint,)
SCALES = True


def check(review: Review) -> Iterator[Finding]:
    for run in review.runs:
        for validation in run.each(ValidateConstraint):
            table = run.locate(validation.relation)
            holder = next(_holders(run, table), None)
            if holder is not None and run.scans(table):
                line, lock = holder
                alone = code(
                    f"ALTER TABLE {quoted(short(table))} VALIDATE CONSTRAINT {quoted(validation.name)}"
                )
                yield found(
                    __name__,
                    SEVERITY,
                    run,
                    f"Reads all of `{short(table)}` while the {lock.mode} lock of line {line} still blocks "
                    f"{'reads and writes' if lock.mode.blocks_reads else 'writes'}. "
                    f"Move it to a migration of its own: {alone}",
                )
                break


def _holders(run: Run, table: str) -> Iterator[tuple[int, Lock]]:
    for earlier in run.ahead:
        lock = earlier.lock(table)
        if lock is not None and lock.mode.blocks_writes and table in run.live:
            yield earlier.observation.line, lock
