"""A live column with another default, or with none.

## What it does

Notes SET DEFAULT and DROP DEFAULT of a column that was there before the change.

## Why it matters

Rows that old code writes without the column have another value from now on, and without a default a required column
makes such an INSERT fail.

## Setup

```sql
CREATE TABLE users (id bigint PRIMARY KEY, state text NOT NULL DEFAULT 'new');
```

## Bad

```sql
ALTER TABLE users ALTER COLUMN state DROP DEFAULT;
```

## Good

```sql
ALTER TABLE users ADD COLUMN kind text NOT NULL DEFAULT 'person';
```

## When it is fine

When all code that is deployed writes the column itself.

## References

- [ALTER TABLE](https://www.postgresql.org/docs/current/sql-altertable.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.model.findings import Finding, Severity
from checks.rules.actions import AlterTable
from checks.rules.findings import found
from checks.rules.review import Review, Run
from checks.rules.schema import column_of
from checks.rules.wording import short

SEVERITY = Severity.INFO
ABOUT = (AlterTable,)
PRESET = "strict"


def check(review: Review) -> Iterator[Finding]:
    for run in review.runs:
        for change in () if run.failed else run.each(AlterTable):
            if change.command == "ColumnDefault" and run.column_is_live(change.relation, change.name):
                yield from _changed(run, change)


def _changed(run: Run, change: AlterTable) -> Iterator[Finding]:
    table = run.locate(change.relation)
    old, new = column_of(run.step.before, table, change.name), column_of(run.step.after, table, change.name)
    if old is not None and new is not None and old.default != new.default:
        was, now = (f"`{column.default}`" if column.default else "none" for column in (old, new))
        fails = " An INSERT without it fails." if new.default is None and new.not_null else ""
        yield found(
            __name__,
            SEVERITY,
            run,
            f"The default of `{short(table)}.{change.name}` was {was} and is {now}.{fails}",
        )
