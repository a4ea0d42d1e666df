"""TRUNCATE of a live table.

## What it does

Flags TRUNCATE of a table that was there before the change.

## Why it matters

All rows are gone, and no down migration brings them back. With CASCADE the tables that refer to it are emptied too.

## Setup

```sql
CREATE TABLE sessions (id bigint PRIMARY KEY);
INSERT INTO sessions SELECT generate_series(1, 100);
```

## Bad

```sql
TRUNCATE sessions;
```

## Good

```sql
CREATE TABLE sessions_next (LIKE sessions INCLUDING ALL);
```

## When it is fine

For rows that can be computed again: a cache, a queue, a report.

## References

- [TRUNCATE](https://www.postgresql.org/docs/current/sql-truncate.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.model.findings import Finding, Severity
from checks.rules.actions import Truncate
from checks.rules.findings import found
from checks.rules.review import Review
from checks.rules.schema import parts
from checks.rules.wording import listed, short

SEVERITY = Severity.ERROR
ABOUT = (Truncate,)


def check(review: Review) -> Iterator[Finding]:
    for run in review.runs:
        named = [table for action in run.each(Truncate) if (table := run.locate(action.relation)) in run.live]
        if named and not run.failed:
            own = {part for table in named for part in parts(run.step.before, table)}
            also = [table for table in run.closes if table not in own]
            cascade = f" and, through CASCADE, {listed(map(short, also))}" if also else ""
            yield found(
                __name__,
                SEVERITY,
                run,
                f"Empties {listed(map(short, named))}{cascade}; no down brings the rows back. Keep a copy unless they can be "
                "computed again.",
                irreversible=True,
            )
