"""SET LOGGED, SET UNLOGGED, SET TABLESPACE or SET ACCESS METHOD on a live table.

## What it does

Flags a change of how a live table is stored for which PostgreSQL wrote it anew.

## Why it matters

All rows are copied, and all indexes with them, while nobody can read or write the table. SET LOGGED writes the whole
table to the WAL too, and SET UNLOGGED gives up every row at the next crash.

## Setup

```sql
CREATE TABLE sessions (id bigint PRIMARY KEY);
INSERT INTO sessions SELECT generate_series(1, 100);
```

## Bad

```sql
ALTER TABLE sessions SET UNLOGGED;
```

## Good

```sql
CREATE UNLOGGED TABLE sessions_next (id bigint PRIMARY KEY);
```

## When it is fine

On a small table, or in a maintenance window. Otherwise make a table that is stored so from the start, copy the rows
in batches, and swap the two.

## References

- [ALTER TABLE](https://www.postgresql.org/docs/current/sql-altertable.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.model.findings import Finding, Severity
from checks.rules.actions import AlterTable
from checks.rules.findings import found
from checks.rules.review import Review
from checks.rules.rewrites import rewritten

SEVERITY = Severity.ERROR
ABOUT = (AlterTable,)
SCALES = True
_COMMANDS = {
    "SetLogged": "",
    "SetUnLogged": " An unlogged table is empty after a crash, and replicas do not have it.",
    "SetTableSpace": "",
    "SetAccessMethod": "",
}
"""Each with what it means beyond the copying."""


def check(review: Review) -> Iterator[Finding]:
    for run in review.runs:
        for change in run.each(AlterTable):
            if change.command in _COMMANDS and run.rewrites(change.relation):
                yield found(
                    __name__,
                    SEVERITY,
                    run,
                    f"This {rewritten(run, run.locate(change.relation))}.{_COMMANDS[change.command]} Do it in a maintenance window, "
                    "or copy the rows in batches to a new table and swap the two.",
                )
                break
