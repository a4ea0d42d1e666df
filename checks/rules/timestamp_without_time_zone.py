"""A new column of type timestamp.

## What it does

Notes new columns of type `timestamp` without time zone.

## Why it matters

It does not say which moment it means: the value depends on the time zone of whoever wrote it. To turn it into
timestamptz later writes the table anew, unless all was written in UTC.

## Setup

```sql
CREATE TABLE users (id bigint PRIMARY KEY);
```

## Bad

```sql
ALTER TABLE users ADD COLUMN created_at timestamp;
```

## Good

```sql
ALTER TABLE users ADD COLUMN created_at timestamptz;
```

## When it is fine

For times on the clock of a place, such as opening hours, or where all is in UTC.

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


def check(review: Review) -> Iterator[Finding]:
    for run in review.runs:
        names = [column.column for column in run.each(AddColumn) if column.type == "timestamp"]
        if names:
            yield found(
                __name__,
                SEVERITY,
                run,
                f"{listed(names)}: without a time zone it does not say which moment it means. Use timestamptz.",
                certainty=Certainty.STATIC,
            )
