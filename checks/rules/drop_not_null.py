"""A live column that may be NULL from now on.

## What it does

Notes DROP NOT NULL of a column that was there before the change.

## Why it matters

Code that reads the column may meet a NULL that it does not expect. To bring NOT NULL back takes a scan, and rows that
have a NULL by then must be filled.

## Setup

```sql
CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL);
```

## Bad

```sql
ALTER TABLE users ALTER COLUMN email DROP NOT NULL;
```

## Good

```sql
ALTER TABLE users ALTER COLUMN email SET DEFAULT '';
```

## When it is fine

As the step before the column is dropped, which is most often the reason.

## References

- [ALTER TABLE](https://www.postgresql.org/docs/current/sql-altertable.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.model.findings import Finding, Severity
from checks.rules.actions import AlterTable
from checks.rules.findings import found
from checks.rules.review import Review
from checks.rules.wording import short

SEVERITY = Severity.INFO
ABOUT = (AlterTable,)
PRESET = "strict"


def check(review: Review) -> Iterator[Finding]:
    for run in review.runs:
        for change in () if run.failed else run.each(AlterTable):
            if change.command == "DropNotNull" and run.column_is_live(change.relation, change.name):
                table = short(run.locate(change.relation))
                yield found(
                    __name__,
                    SEVERITY,
                    run,
                    f"`{table}.{change.name}` may be NULL from now on. Deploy code that can read that first.",
                )
                break
