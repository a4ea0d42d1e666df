"""A new table without a primary key.

## What it does

Notes a new table that has neither a primary key nor a unique constraint over NOT NULL columns at the end of the
change.

## Why it matters

Two rows can be the same in all columns, and then neither can be changed alone. Logical replication refuses every
UPDATE and DELETE of the table, and a backfill has no key to go along.

## Setup

```sql
CREATE TABLE users (id bigint PRIMARY KEY);
```

## Bad

```sql
CREATE TABLE logins (user_id bigint, at timestamptz);
```

## Good

```sql
CREATE TABLE logins (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, user_id bigint, at timestamptz);
```

## When it is fine

For a table that is only appended to, such as a log. Partitions and temporary tables are not flagged.

## References

- [Primary keys](https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-PRIMARY-KEYS)
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.catalog import Catalog
from checks.model.findings import Certainty, Finding, Severity
from checks.rules.actions import CreateTable
from checks.rules.findings import found
from checks.rules.objects_between import at_the_end, facts, is_new_migration
from checks.rules.review import Review, Run
from checks.rules.schema import column_of
from checks.rules.wording import short

SEVERITY = Severity.INFO
ABOUT = (CreateTable,)


def check(review: Review) -> Iterator[Finding]:
    last = at_the_end(review)
    for run in review.runs:
        for created in () if run.failed or not is_new_migration(run) else run.each(CreateTable):
            table = run.locate(created.relation)
            if not created.temporary and _is_new(run, table) and not _has_key(last, table):
                yield found(
                    __name__,
                    SEVERITY,
                    run,
                    f"Nothing tells two rows of `{short(table)}` apart. Give it a primary key now, when it costs nothing.",
                    certainty=Certainty.DERIVED,
                )
                break


def _is_new(run: Run, table: str) -> bool:
    """Whether it is an ordinary table that the change has made and kept."""
    row = facts(at_the_end(run.review), "table", table)
    return (
        row is not None
        and table not in run.review.base.relations()
        and not row["partition_of"]
        and not row["inherits"]
    )


def _has_key(last: Catalog, table: str) -> bool:
    columns = {name for index in last.indexes(table) if index.unique for name in index.columns if name}
    required = {
        name for name in columns if (column := column_of(last, table, name)) is not None and column.not_null
    }
    unique = [index for index in last.indexes(table) if index.unique and index.predicate is None]
    return any(None not in index.columns and set(index.columns) <= required for index in unique)
