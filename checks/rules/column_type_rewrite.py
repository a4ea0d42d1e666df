"""A column type change that rewrites a live table.

## What it does

Flags ALTER COLUMN … TYPE for which PostgreSQL wrote the whole live table anew.

## Why it matters

The table and all its indexes are written while nobody can read or write it. Changes that only widen a limit
(`varchar(20)` to `varchar(40)` or `text`, a larger numeric precision) do not rewrite and are not flagged.

## Setup

```sql
CREATE TABLE orders (id bigint PRIMARY KEY, total integer);
INSERT INTO orders SELECT n, n FROM generate_series(1, 100) n;
```

## Bad

```sql
ALTER TABLE orders ALTER COLUMN total TYPE bigint;
```

## Good

```sql
ALTER TABLE orders ADD COLUMN total_new bigint;
```

## When it is fine

On a small table, or in a maintenance window. The new column of the good example is the first step: keep it equal to the
old one with a trigger, fill it in batches, let the application read it, then drop the old one.

## References

- [ALTER TABLE: Notes](https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-NOTES)
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.model.findings import Finding, Severity
from checks.rules.actions import ChangeType
from checks.rules.findings import found
from checks.rules.review import Review, Run
from checks.rules.rewrites import rewritten
from checks.rules.schema import column_of
from checks.rules.wording import code, quoted, short

SEVERITY = Severity.ERROR
ABOUT = (ChangeType,)
SCALES = True


def check(review: Review) -> Iterator[Finding]:
    for run in review.runs:
        changes = [change for change in run.each(ChangeType) if run.rewrites(change.relation)]
        for change in sorted(changes, key=lambda change: _stays(run, change))[:1]:
            yield found(__name__, SEVERITY, run, _message(run, change))


def _stays(run: Run, change: ChangeType) -> bool:
    """Ecto's modify names the type of each column, also where only NOT NULL is new."""
    table = run.locate(change.relation)
    old, new = (column_of(schema, table, change.column) for schema in (run.step.before, run.step.after))
    return old is not None and new is not None and old.type == new.type


def _message(run: Run, change: ChangeType) -> str:
    table = run.locate(change.relation)
    old, new = (column_of(schema, table, change.column) for schema in (run.step.before, run.step.after))
    becomes = new.type if new else change.type
    if old and becomes == old.type and "." in becomes:  # Prisma names its new enum like the old one, later on
        becomes = quoted(change.type)
    types = f"{f' from {old.type}' if old else ''} to {becomes}"
    spare = f"ALTER TABLE {quoted(short(table))} ADD COLUMN {quoted(change.column + '_new')} {becomes}"
    return (
        f"Changing `{change.column}`{types} {rewritten(run, table)}. "
        f"Instead: {code(spare)}, keep it equal with a trigger, fill it in batches, then swap the columns."
    )
