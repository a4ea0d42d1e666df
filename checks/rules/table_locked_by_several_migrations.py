"""One live table that several migrations of the change close.

## What it does

Notes the third migration of a change that takes an ACCESS EXCLUSIVE lock on the same live table.

## Why it matters

Deployed together, each waits for the lock, and all queries of the table behind it, again and again. One ALTER TABLE
with all the commands waits once.

## Setup

```sql
CREATE TABLE users (id bigint PRIMARY KEY);
```

## Bad

```sql
-- migration 1
ALTER TABLE users ADD COLUMN a text;
-- migration 2
ALTER TABLE users ADD COLUMN b text;
-- migration 3
ALTER TABLE users ADD COLUMN c text;
```

## Good

```sql
ALTER TABLE users ADD COLUMN a text, ADD COLUMN b text, ADD COLUMN c text;
```

## When it is fine

When the steps belong to different deployments, or the table is not busy.

## References

- [Explicit locking](https://www.postgresql.org/docs/current/explicit-locking.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.model.findings import Finding, Severity
from checks.rules.findings import found
from checks.rules.review import Review
from checks.rules.topics import Topic
from checks.rules.wording import short

SEVERITY = Severity.INFO
ABOUT = (Topic.LOCKS,)
PRESET = "strict"
_MOST = 2


def check(review: Review) -> Iterator[Finding]:
    closed: dict[str, list[str]] = {}
    for run in review.runs:
        for table in run.closes:
            steps = closed.setdefault(table, [])
            if run.step.id in steps:
                continue
            steps.append(run.step.id)
            if len(steps) == _MOST + 1:
                yield found(
                    __name__,
                    SEVERITY,
                    run,
                    f"This is the third migration of the change for which `{short(table)}` is closed to reads and writes. Put what belongs "
                    "together into one ALTER TABLE.",
                )
