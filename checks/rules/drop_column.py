"""A column of a live table that is dropped.

## What it does

Flags DROP COLUMN of a column that was there before the change.

## Why it matters

Its values are gone, and no down migration brings them back. Code that is still deployed fails on its next query that
names the column, and many libraries name all columns that they saw at start.

## Setup

```sql
CREATE TABLE users (id bigint PRIMARY KEY, email text, nick text);
INSERT INTO users SELECT n, 'user' || n, 'nick' || n FROM generate_series(1, 100) n;
```

## Bad

```sql
ALTER TABLE users DROP COLUMN nick;
```

## Good

```sql
ALTER TABLE users ALTER COLUMN nick DROP NOT NULL;
```

## When it is fine

One release after the last code that reads or writes the column, when nobody needs the values. The good example is the
step before: old and new code both work without a value.

## References

- [ALTER TABLE: DROP COLUMN](https://www.postgresql.org/docs/current/sql-altertable.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.model.findings import Finding, Severity
from checks.rules.actions import DropColumn
from checks.rules.findings import found
from checks.rules.review import Review, Run
from checks.rules.wording import code, listed, quoted, short, table_part

SEVERITY = Severity.ERROR
ABOUT = (DropColumn,)


def check(review: Review) -> Iterator[Finding]:
    for run in review.runs:
        dropped = [drop for drop in run.each(DropColumn) if _was_there(run, drop)]
        if dropped and not run.failed:
            table = run.locate(dropped[0].relation)
            has_rows = run.step.rows_before.get(table, 0) > 0
            yield found(
                __name__,
                SEVERITY if has_rows else Severity.WARNING,
                run,
                f"Drops {listed(drop.column for drop in dropped)} of `{short(table)}`"
                f"{' with all values' if has_rows else ''}; code that still names it fails. "
                f"Deploy code that does without it first{_copy(run, table, dropped) if has_rows else ''}.",
                irreversible=has_rows,
            )


def _was_there(run: Run, drop: DropColumn) -> bool:
    """Before the change, and not only in the mind of an IF EXISTS."""
    skipped = f'column "{drop.column}" of relation'
    there = not any(skipped in notice and "skipping" in notice for notice in run.observation.notices)
    return there and run.column_is_live(drop.relation, drop.column)


def _copy(run: Run, table: str, dropped: list[DropColumn]) -> str:
    keys = [
        column
        for constraint in run.step.before.constraints(table)
        if constraint.kind == "primary key"
        for column in constraint.columns
    ]
    names = ", ".join(map(quoted, [*keys, *(drop.column for drop in dropped)]))
    backup = quoted(f"{table_part(table)}_{dropped[0].column}_backup"[:63])
    query = f"CREATE TABLE {backup} AS SELECT {names} FROM {quoted(short(table))}"
    return f", and keep a copy if anybody may want the values back: {code(query)}"
