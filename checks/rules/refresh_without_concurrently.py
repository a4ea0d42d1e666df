"""REFRESH MATERIALIZED VIEW without CONCURRENTLY.

## What it does

Flags REFRESH of a live materialized view during which nobody could read it.

## Why it matters

The view is closed while its whole query runs, and so is everything that waits behind the lock. CONCURRENTLY computes
the new rows beside the old ones; it needs a unique index over plain columns.

## Setup

```sql
CREATE TABLE orders (id bigint PRIMARY KEY, day date);
INSERT INTO orders SELECT n, '2030-01-01'::date + n FROM generate_series(1, 100) n;
CREATE MATERIALIZED VIEW daily AS SELECT day, count(*) FROM orders GROUP BY day;
CREATE UNIQUE INDEX daily_day ON daily (day);
```

## Bad

```sql
REFRESH MATERIALIZED VIEW daily;
```

## Good

```sql
REFRESH MATERIALIZED VIEW CONCURRENTLY daily;
```

## When it is fine

When nobody reads the view yet, or its query takes an instant.

## References

- [REFRESH MATERIALIZED VIEW](https://www.postgresql.org/docs/current/sql-refreshmaterializedview.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.model.findings import Finding, Severity
from checks.model.observations import LockMode
from checks.rules.actions import Refresh
from checks.rules.findings import found
from checks.rules.review import Review, Run
from checks.rules.wording import code, quoted, short

SEVERITY = Severity.ERROR
ABOUT = (Refresh,)
SCALES = True


def check(review: Review) -> Iterator[Finding]:
    for run in review.runs:
        for refresh in run.each(Refresh):
            if not refresh.concurrently and run.blocks(refresh.relation, LockMode.ACCESS_EXCLUSIVE):
                yield found(__name__, SEVERITY, run, _message(run, run.locate(refresh.relation)))
                break


def _message(run: Run, view: str) -> str:
    online = code(f"REFRESH MATERIALIZED VIEW CONCURRENTLY {quoted(short(view))}")
    way = (
        f"Instead: {online}"
        if _has_key(run, view)
        else f"Give it a unique index over plain columns, then: {online}"
    )
    return f"Nobody can read `{short(view)}` until its query has run (ACCESS EXCLUSIVE). {way}"


def _has_key(run: Run, view: str) -> bool:
    """Whether it has the index that CONCURRENTLY needs: unique, of columns, over all rows."""
    indexes = run.step.after.indexes(view)
    return any(index.unique and index.predicate is None and None not in index.columns for index in indexes)
