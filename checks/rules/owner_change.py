"""A live table, view or function with another owner.

## What it does

Notes OWNER TO on an object that was there before the change.

## Why it matters

The owner may alter and drop it, and row-level security does not hold for the owner. The next migration may run as a
role that may do neither.

## Setup

```sql
CREATE TABLE users (id bigint PRIMARY KEY);
```

## Bad

```sql
ALTER TABLE users OWNER TO CURRENT_USER;
```

## Good

```sql
CREATE TABLE orders (id bigint PRIMARY KEY);
ALTER TABLE orders OWNER TO CURRENT_USER;
```

## When it is fine

When it is what the change is for.

## References

- [ALTER TABLE](https://www.postgresql.org/docs/current/sql-altertable.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.model.findings import Finding, Severity
from checks.rules.actions import AlterTable
from checks.rules.findings import found
from checks.rules.objects import ChangeOwner
from checks.rules.review import Review
from checks.rules.wording import short

SEVERITY = Severity.INFO
ABOUT = (AlterTable, ChangeOwner)
PRESET = "strict"


def check(review: Review) -> Iterator[Finding]:
    for run in review.runs:
        tables = [change.relation for change in run.each(AlterTable) if change.command == "ChangeOwner"]
        others = [change.relation for change in run.each(ChangeOwner)]
        live = [name for name in (*tables, *others) if run.is_live(name)]
        if live:
            yield found(
                __name__,
                SEVERITY,
                run,
                f"`{short(run.locate(live[0]))}` has another owner: migrations and row security depend on it.",
            )
