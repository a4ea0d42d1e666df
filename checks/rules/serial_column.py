"""A new column of type serial.

## What it does

Notes new columns of the types `serial`, `bigserial` and `smallserial`.

## Why it matters

The sequence behind it has privileges of its own, an INSERT may give any value without notice, and the default is lost
when a table is copied. An identity column is the standard for the same.

## Setup

```sql
CREATE TABLE users (id bigint PRIMARY KEY);
```

## Bad

```sql
CREATE TABLE events (id bigserial PRIMARY KEY);
```

## Good

```sql
CREATE TABLE events (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY);
```

## When it is fine

When all other tables of the schema have it.

## References

- [Data types](https://www.postgresql.org/docs/current/datatype.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.model.findings import Certainty, Finding, Severity
from checks.rules.actions import AddColumn
from checks.rules.findings import found
from checks.rules.review import Review
from checks.rules.wording import listed

SEVERITY = Severity.INFO
ABOUT = (AddColumn,)
PRESET = "strict"
_SERIAL = ("serial", "bigserial", "smallserial", "serial2", "serial4", "serial8")


def check(review: Review) -> Iterator[Finding]:
    for run in review.runs:
        names = [column.column for column in run.each(AddColumn) if column.type in _SERIAL]
        if names:
            yield found(
                __name__,
                SEVERITY,
                run,
                f"{listed(names)}: serial is a sequence with a default. Use GENERATED ALWAYS AS IDENTITY.",
                certainty=Certainty.STATIC,
            )
