"""A new column whose default is computed for each row.

## What it does

Flags ADD COLUMN with a DEFAULT that made PostgreSQL rewrite a live table.

## Why it matters

A default that is the same for all rows is stored once (also `now()`, `current_date` and `-1`). A volatile one, such as
`gen_random_uuid()` or `clock_timestamp()`, has to be written into every row: the whole table and all its
indexes are written anew while nobody can read or write it.

## Setup

```sql
CREATE TABLE users (id bigint PRIMARY KEY);
INSERT INTO users SELECT generate_series(1, 100);
```

## Bad

```sql
ALTER TABLE users ADD COLUMN seen_at timestamptz DEFAULT clock_timestamp();
```

## Good

```sql
ALTER TABLE users ADD COLUMN seen_at timestamptz;
ALTER TABLE users ALTER COLUMN seen_at SET DEFAULT clock_timestamp();
```

## When it is fine

On a small table, or one made in the same change (not flagged). Fill the old rows afterwards, in batches.

## References

- [ALTER TABLE: Notes](https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-NOTES)
- [Function volatility](https://www.postgresql.org/docs/current/xfunc-volatility.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.model.findings import Finding, Severity
from checks.rules.actions import AddColumn
from checks.rules.findings import found
from checks.rules.review import Review
from checks.rules.rewrites import in_two_steps, rewriting_columns, rewritten

SEVERITY = Severity.ERROR
ABOUT = (AddColumn,)
SCALES = True


def check(review: Review) -> Iterator[Finding]:
    for run, column in rewriting_columns(review, _computed):
        yield found(
            __name__,
            SEVERITY,
            run,
            f"The default of `{column.column}` differs from row to row, so this {rewritten(run, run.locate(column.relation))}. "
            f"Instead: {in_two_steps(run, column)}, then fill the old rows in batches.",
        )


def _computed(column: AddColumn) -> bool:
    return column.has_default and not column.constant and not column.serial
