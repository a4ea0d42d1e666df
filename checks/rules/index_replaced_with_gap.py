"""An index that is dropped before the one that replaces it is there.

## What it does

Flags DROP INDEX of an index of a live table when the change builds one that begins with the same column later, and
not in the same transaction.

## Why it matters

Between the two every query that needs the index reads the whole table, and the database is busiest while the new one
is built. For a unique index, nothing keeps duplicates out meanwhile, and the new one may then fail.

## Setup

```sql
CREATE TABLE users (id bigint PRIMARY KEY, email text);
INSERT INTO users SELECT n, 'user' || n FROM generate_series(1, 100) n;
CREATE INDEX users_email ON users (email);
```

## Bad

```sql
-- migration 1, outside a transaction
DROP INDEX CONCURRENTLY users_email;
CREATE INDEX CONCURRENTLY users_email_id ON users (email, id);
```

## Good

```sql
-- migration 1, outside a transaction
CREATE INDEX CONCURRENTLY users_email_id ON users (email, id);
DROP INDEX CONCURRENTLY users_email;
```

## When it is fine

When no query needs the index.

## References

- [CREATE INDEX: Building Indexes Concurrently](https://www.postgresql.org/docs/current/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY)
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.catalog import Index
from checks.model.findings import Finding, Severity
from checks.rules.actions import DropIndex
from checks.rules.findings import found
from checks.rules.review import Review, Run
from checks.rules.wording import short, table_part

SEVERITY = Severity.WARNING
ABOUT = (DropIndex,)


def check(review: Review) -> Iterator[Finding]:
    for run in review.runs:
        for drop in () if run.failed else run.each(DropIndex):
            index = _live_index(run, drop)
            builder = _builder(run, index) if index is not None else None
            if index is not None and builder is not None:
                seen = builder.observation
                place = (
                    f"line {seen.line}" if seen.path == run.observation.path else f"{seen.path}:{seen.line}"
                )
                yield found(
                    __name__,
                    SEVERITY,
                    run,
                    f"Until {place} has built its replacement, queries do without `{short(index.name)}` and read all of "
                    f"`{short(index.table)}`. Build the new one first, under another name if need be, and drop this one behind it.",
                )
                break


def _live_index(run: Run, drop: DropIndex) -> Index | None:
    schema = f"{run.locate(drop.relation).partition('.')[0]}."
    name = drop.relation if "." in drop.relation else f"{schema}{drop.relation}"
    index = run.review.base.index(name)
    return (
        index
        if index is not None and index.table in run.live and index.columns and index.columns[0]
        else None
    )


def _builder(run: Run, old: Index) -> Run | None:
    """The later statement that builds an index which serves the same queries, seen by others only afterwards."""
    later = run.review.runs[run.review.runs.index(run) + 1 :]
    for other in later:
        if other in run.behind or other.failed:
            continue
        for name in other.observation.indexes_built:
            new = other.step.after.index(name)
            same = new is not None and new.table == old.table and new.columns[:1] == old.columns[:1]
            if new is not None and same and new.method == old.method and not _has_another(other, old, new):
                return other
    return None


def _has_another(other: Run, old: Index, new: Index) -> bool:
    """Whether a third index serves the queries all the time."""
    names = {table_part(old.name), table_part(new.name)}
    indexes = other.step.after.indexes(old.table)
    return any(
        index.columns[: len(old.columns)] == old.columns
        for index in indexes
        if table_part(index.name) not in names
    )
