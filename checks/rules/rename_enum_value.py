"""A value of an enum that gets another name.

## What it does

Flags ALTER TYPE … RENAME VALUE of an enum that was there before the change.

## Why it matters

All rows show the new name at once. The code that runs now does not know it when it reads them, and fails when it
writes the old one.

## Setup

```sql
CREATE TYPE mood AS ENUM ('sad', 'happy');
```

## Bad

```sql
ALTER TYPE mood RENAME VALUE 'happy' TO 'glad';
```

## Good

```sql
ALTER TYPE mood ADD VALUE 'glad';
```

## When it is fine

When the application is stopped for the deployment. Otherwise add the new value, deploy code that knows both, and
update the rows in batches.

## References

- [ALTER TYPE](https://www.postgresql.org/docs/current/sql-altertype.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.model.findings import Finding, Severity
from checks.rules.findings import found
from checks.rules.objects import RenameValue
from checks.rules.objects_between import live_objects
from checks.rules.review import Review

SEVERITY = Severity.WARNING
ABOUT = (RenameValue,)


def check(review: Review) -> Iterator[Finding]:
    for run in review.runs:
        for rename in () if run.failed else run.each(RenameValue):
            if live_objects(run, ("enum",), rename.relation):
                yield found(
                    __name__,
                    SEVERITY,
                    run,
                    f"All rows with `{rename.value}` show `{rename.new}` at once: the code that runs now reads a value that it does not know, "
                    "and fails when it writes the old one. Add the new value beside it, and deploy code that knows both.",
                )
                break
