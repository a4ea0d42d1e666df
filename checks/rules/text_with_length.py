"""A new column of type varchar(n) or char(n).

## What it does

Notes new columns of the types `varchar(n)` and `char(n)`.

## Why it matters

They are stored as text is, and are not faster. To make a varchar shorter writes the table anew, char pads with
blanks, and a limit that is too small is found when an INSERT fails.

## Setup

```sql
CREATE TABLE users (id bigint PRIMARY KEY);
```

## Bad

```sql
ALTER TABLE users ADD COLUMN email varchar(100);
```

## Good

```sql
ALTER TABLE users ADD COLUMN email text;
```

## When it is fine

When the length is a rule of the subject: a country code.

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
_TYPES = ("varchar", "bpchar")


def check(review: Review) -> Iterator[Finding]:
    for run in review.runs:
        names = [column.column for column in run.each(AddColumn) if column.type in _TYPES]
        if names:
            yield found(
                __name__,
                SEVERITY,
                run,
                f"{listed(names)}: the length is a rule that is hard to change. Use text, with a CHECK where there is a limit.",
                certainty=Certainty.STATIC,
            )
