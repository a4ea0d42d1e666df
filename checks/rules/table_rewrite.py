"""A live table that is written anew for a reason that no other rule names.

## What it does

Flags any statement after which the storage of a live table or materialized view is another one: a new column of a
domain with a constraint, SET EXPRESSION of a generated column, a command that a function runs …

## Why it matters

All rows are copied, and all indexes built, while nobody can read or write the table.

## Setup

```sql
CREATE DOMAIN price AS integer CHECK (VALUE >= 0);
CREATE TABLE products (id bigint PRIMARY KEY);
INSERT INTO products SELECT generate_series(1, 100);
```

## Bad

```sql
ALTER TABLE products ADD COLUMN price price DEFAULT 0;
```

## Good

```sql
ALTER TABLE products ADD COLUMN price integer DEFAULT 0;
```

## When it is fine

On a small table, or in a maintenance window.

## References

- [ALTER TABLE](https://www.postgresql.org/docs/current/sql-altertable.html)
- [REFRESH MATERIALIZED VIEW](https://www.postgresql.org/docs/current/sql-refreshmaterializedview.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.model.findings import Finding, Severity
from checks.rules.actions import Truncate
from checks.rules.findings import found
from checks.rules.review import Review
from checks.rules.rewrites import rewritten
from checks.rules.topics import Topic

SEVERITY = Severity.ERROR
ABOUT = (Topic.WORK,)
SCALES = True
YIELDS_TO = (
    "add-column-volatile-default",
    "add-column-stored-generated",
    "add-column-serial",
    "column-type-rewrite",
    "refresh-without-concurrently",
    "storage-change-rewrite",
    "vacuum-full-or-cluster",
)


def check(review: Review) -> Iterator[Finding]:
    for run in review.runs:
        emptied = {run.locate(truncate.relation) for truncate in run.each(Truncate)}
        tables = [name for name in run.observation.rewrites if run.is_live(name) and name not in emptied]
        if tables:
            yield found(
                __name__,
                SEVERITY,
                run,
                f"This {rewritten(run, tables[0])}. Do it in a maintenance window, or copy the rows in batches to a new table and "
                "swap the two.",
            )
