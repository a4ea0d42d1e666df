"""A live table that loses its primary key or its replica identity.

## What it does

Flags a table that had a primary key before the change and has none at its end, and REPLICA IDENTITY NOTHING on a live
table.

## Why it matters

Two rows may have the same key, foreign keys have nothing to refer to, and logical replication refuses every UPDATE
and DELETE of the table if it is published.

## Setup

```sql
CREATE TABLE users (id bigint CONSTRAINT users_pkey PRIMARY KEY, email text);
```

## Bad

```sql
ALTER TABLE users DROP CONSTRAINT users_pkey;
```

## Good

```sql
ALTER TABLE users DROP CONSTRAINT users_pkey;
ALTER TABLE users ADD CONSTRAINT users_pkey PRIMARY KEY (id);
```

## When it is fine

For a table that is only ever appended to and not published.

## References

- [Replica identity](https://www.postgresql.org/docs/current/logical-replication-publication.html#LOGICAL-REPLICATION-PUBLICATION-REPLICA-IDENTITY)
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.catalog import Catalog
from checks.model.findings import Finding, Severity
from checks.rules.actions import AlterTable, DropConstraint
from checks.rules.findings import found
from checks.rules.objects_between import at_the_end, is_new_migration
from checks.rules.review import Review, Run
from checks.rules.schema import constraint_of
from checks.rules.wording import short

SEVERITY = Severity.WARNING
ABOUT = (AlterTable, DropConstraint)


def check(review: Review) -> Iterator[Finding]:
    for run in review.runs:
        table = (
            None if run.failed or not is_new_migration(run) else _without_key(run) or _without_identity(run)
        )
        if table is not None:
            published = _is_published(run.review.base, table)
            yield found(
                __name__,
                Severity.ERROR if published else SEVERITY,
                run,
                f"`{short(table)}` has nothing left that tells its rows apart"
                f"{', and it is published: every UPDATE and DELETE fails' if published else ': not for foreign keys, nor for logical replication'}. "
                "In the same transaction, give it the new key.",
            )


def _without_key(run: Run) -> str | None:
    last = at_the_end(run.review)
    for drop in run.each(DropConstraint):
        table = run.locate(drop.relation)
        old = constraint_of(run.review.base, table, drop.name)
        lost = old is not None and old.kind == "primary key" and table in last.relations()
        if lost and not any(one.kind == "primary key" for one in last.constraints(table)):
            return table
    return None


def _without_identity(run: Run) -> str | None:
    last = at_the_end(run.review).objects
    tables = [
        run.locate(change.relation) for change in run.each(AlterTable) if change.command == "ReplicaIdentity"
    ]
    bare = (
        name
        for name in tables
        if run.is_live(name) and last.get(("table", name), {}).get("replica_identity") == "nothing"
    )
    return next(bare, None)


def _is_published(catalog: Catalog, table: str) -> bool:
    name = f".{table}"
    return any(kind == "publication table" and full.endswith(name) for kind, full in catalog.objects)
