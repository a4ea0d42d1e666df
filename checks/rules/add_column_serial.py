"""A new serial or identity column on a live table.

## What it does

Flags ADD COLUMN of type `serial` or `bigserial`, or GENERATED … AS IDENTITY, that numbered every row of a live table.

## Why it matters

Each row gets a number of its own, so the whole table and all its indexes are written anew while nobody can read or
write it.

## Setup

```sql
CREATE TABLE events (at timestamptz, what text);
INSERT INTO events SELECT now(), 'event ' || n FROM generate_series(1, 100) n;
```

## Bad

```sql
ALTER TABLE events ADD COLUMN id bigserial;
```

## Good

```sql
ALTER TABLE events ADD COLUMN id bigint;
CREATE SEQUENCE events_id_seq OWNED BY events.id;
ALTER TABLE events ALTER COLUMN id SET DEFAULT nextval('events_id_seq');
```

## When it is fine

On a small table, or one made in the same change (not flagged). Number the old rows afterwards, in batches.

## References

- [ALTER TABLE: Notes](https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-NOTES)
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.model.findings import Finding, Severity
from checks.rules.actions import AddColumn
from checks.rules.findings import found
from checks.rules.review import Review, Run
from checks.rules.rewrites import rewriting_columns, rewritten
from checks.rules.wording import code, quoted, short, table_part

SEVERITY = Severity.ERROR
ABOUT = (AddColumn,)
SCALES = True
_INTEGERS = {"bigserial": "bigint", "serial8": "bigint", "smallserial": "smallint", "serial2": "smallint"}


def check(review: Review) -> Iterator[Finding]:
    for run, column in rewriting_columns(review, lambda column: column.serial):
        yield found(
            __name__,
            SEVERITY,
            run,
            f"Numbering the rows in `{column.column}` {rewritten(run, run.locate(column.relation))}. "
            f"Instead: {code(*_by_hand(run, column))}, then number the old rows in batches.",
        )


def _by_hand(run: Run, column: AddColumn) -> tuple[str, str, str]:
    table, name = quoted(short(run.locate(column.relation))), quoted(column.column)
    sequence = quoted(f"{table_part(run.locate(column.relation))}_{column.column}_seq")
    integer = "integer" if column.type in ("serial", "serial4") else _INTEGERS.get(column.type, column.type)
    return (
        f"ALTER TABLE {table} ADD COLUMN {name} {integer}",
        f"CREATE SEQUENCE {sequence} OWNED BY {table}.{name}",
        f"ALTER TABLE {table} ALTER COLUMN {name} SET DEFAULT nextval('{sequence}')",
    )
