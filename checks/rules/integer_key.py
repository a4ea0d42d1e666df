"""A key that runs out of numbers.

## What it does

Notes a new table whose primary key, or a live table's new one, is a generated `integer` or `smallint`.

## Why it matters

`integer` ends at 2,147,483,647 and `smallint` at 32,767, deleted rows and failed inserts included. Then every INSERT
fails, and the way out is to rewrite the table and all that refer to it.

## Setup

```sql
CREATE TABLE users (id bigint PRIMARY KEY);
```

## Bad

```sql
CREATE TABLE events (id serial PRIMARY KEY);
```

## Good

```sql
CREATE TABLE events (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY);
```

## When it is fine

For a table that stays small: countries, settings, roles.

## References

- [Numeric types](https://www.postgresql.org/docs/current/datatype-numeric.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.model.findings import Certainty, Finding, Severity
from checks.rules.actions import AddConstraint
from checks.rules.findings import found
from checks.rules.review import Review, Run
from checks.rules.schema import column_of
from checks.rules.wording import short

SEVERITY = Severity.INFO
ABOUT = ("primary key",)
_LARGEST = {"integer": 2_147_483_647, "smallint": 32_767}


def check(review: Review) -> Iterator[Finding]:
    for run in review.runs:
        for key in run.each(AddConstraint):
            if key.kind == "primary key" and len(key.columns) == 1 and not run.failed:
                yield from _small(run, run.locate(key.relation), key.columns[0])


def _small(run: Run, table: str, name: str) -> Iterator[Finding]:
    column = column_of(run.step.after, table, name)
    if column is None or column.type not in _LARGEST:
        return
    if column.identity is not None or "nextval(" in (column.default or ""):
        yield found(
            __name__,
            SEVERITY,
            run,
            f"`{short(table)}.{name}` is {column.type} and ends at {_LARGEST[column.type]:,}. "
            "Make it bigint now, when it costs nothing.",
            certainty=Certainty.DERIVED,
        )
