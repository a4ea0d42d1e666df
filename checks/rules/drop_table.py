"""A live table that is dropped.

## What it does

Flags DROP TABLE of a table that was there before the change.

## Why it matters

Its rows are gone, and no down migration brings them back. Code that is still deployed fails on its next query.

## Setup

```sql
CREATE TABLE sessions (id bigint PRIMARY KEY);
INSERT INTO sessions SELECT generate_series(1, 100);
```

## Bad

```sql
DROP TABLE sessions;
```

## Good

```sql
ALTER TABLE sessions RENAME TO sessions_to_drop;
```

## When it is fine

One release after the last code that uses the table, when nobody needs the rows. The good example can be undone; drop
the table when nothing has missed it for a while.

## References

- [DROP TABLE](https://www.postgresql.org/docs/current/sql-droptable.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.model.findings import Finding, Severity
from checks.rules.actions import DropTable
from checks.rules.findings import found
from checks.rules.review import Review
from checks.rules.wording import code, listed, quoted, short, table_part

SEVERITY = Severity.ERROR
ABOUT = (DropTable,)


def check(review: Review) -> Iterator[Finding]:
    for run in review.runs:
        dropped = [run.locate(drop.relation) for drop in run.each(DropTable)]
        live = [table for table in dropped if table in run.live]
        if not live or run.failed:
            continue
        has_rows = any(run.step.rows_before.get(table, 0) for table in live)
        aside = code(
            f"ALTER TABLE {quoted(short(live[0]))} RENAME TO {quoted(table_part(live[0]) + '_to_drop')}"
        )
        yield found(
            __name__,
            SEVERITY if has_rows else Severity.WARNING,
            run,
            f"Drops {listed(map(short, live))}{' with all rows' if has_rows else ''}; no down brings that back. "
            f"Put it aside first, and drop it when nothing has missed it: {aside}",
            irreversible=has_rows,
        )
