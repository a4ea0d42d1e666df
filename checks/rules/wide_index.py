"""An index over many columns.

## What it does

Notes a new index with more than five key columns.

## Why it matters

It is large and every write maintains it, while the planner rarely uses more than the first columns.

## Setup

```sql
CREATE TABLE logs (a int, b int, c int, d int, e int, f int, id bigint PRIMARY KEY);
```

## Bad

```sql
CREATE INDEX logs_all ON logs (a, b, c, d, e, f);
```

## Good

```sql
CREATE INDEX logs_some ON logs (a, b);
```

## When it is fine

For a unique index that must hold all of the columns (not flagged).

## References

- [Multicolumn indexes](https://www.postgresql.org/docs/current/indexes-multicolumn.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.model.findings import Certainty, Finding, Severity
from checks.rules.actions import CreateIndex
from checks.rules.findings import found
from checks.rules.review import Review

SEVERITY = Severity.INFO
ABOUT = (CreateIndex,)
PRESET = "strict"
_MOST = 5


def check(review: Review) -> Iterator[Finding]:
    for run in review.runs:
        for index in run.each(CreateIndex):
            if len(index.columns) > _MOST and not index.unique:
                yield found(
                    __name__,
                    SEVERITY,
                    run,
                    f"{len(index.columns)} columns in one index: the planner rarely uses more than the first ones, and every write maintains "
                    "all. Keep those that queries compare.",
                    certainty=Certainty.STATIC,
                )
                break
