"""Rows changed in the transaction that has altered a live table.

## What it does

Flags UPDATE, DELETE and MERGE over most rows of a live table, and INSERT … SELECT from one, while an ACCESS EXCLUSIVE
lock of an earlier statement of the transaction is held.

## Why it matters

Adding a column takes an instant, filling it takes as long as the table is large. In one transaction the table stays
closed to reads and writes from the first statement until the last row is filled.

## Setup

```sql
CREATE TABLE users (id bigint PRIMARY KEY, email text);
INSERT INTO users SELECT n, 'user' || n FROM generate_series(1, 100) n;
```

## Bad

```sql
ALTER TABLE users ADD COLUMN domain text;
UPDATE users SET domain = split_part(email, '@', 2);
```

## Good

```sql
-- migration 1
ALTER TABLE users ADD COLUMN domain text;
-- migration 2
UPDATE users SET domain = split_part(email, '@', 2) WHERE id BETWEEN 1 AND 40;
```

## When it is fine

On a small table.

## References

- [Explicit locking](https://www.postgresql.org/docs/current/explicit-locking.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.model.findings import Finding, Severity
from checks.rules.actions import ChangeRows
from checks.rules.findings import found
from checks.rules.review import Review
from checks.rules.statement_while_holding_access_exclusive import closed_before
from checks.rules.wording import short

SEVERITY = Severity.ERROR
ABOUT = (ChangeRows,)
SCALES = True


def check(review: Review) -> Iterator[Finding]:
    for run in review.runs:
        closed = next(closed_before(run), None)
        if closed is not None and (run.changed_most_of is not None or run.copies_live_rows):
            line, relation = closed
            rows = run.observation.rows
            yield found(
                __name__,
                SEVERITY,
                run,
                f"Changes rows{f' ({rows:,} here)' if rows else ''} while `{short(relation)}` is closed to reads and writes since "
                f"line {line} (ACCESS EXCLUSIVE until commit). Move it to a later migration, and do it in batches.",
            )
