"""A resource snapshot of Ash that is gone while its table is still there.

## What it does

Flags tables of which the base has snapshots and the change has none, when the table is there after all migrations.

## Why it matters

Ash believes that there is no such table. If the resource is still there, the next `mix ash.codegen` writes a
`create table`, which fails on every database; if it is not, nothing will ever drop the table.

## Bad

```text
priv/resource_snapshots/repo/books/   (deleted, and no migration drops the table)
```

## Good

```text
priv/resource_snapshots/repo/books/                 (deleted by `mix ash.codegen`)
priv/repo/migrations/20260601090000_no_books.exs    (new: drop table(:books))
```

## When it is fine

When the table is kept on purpose after its resource is gone.

## References

- [AshPostgres: migrations and tasks](https://hexdocs.pm/ash_postgres/migrations-and-tasks.html)
- [How snapshots are compared](../ecto.md#ash)
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.ash.drift import Cause
from checks.model.findings import Finding, Severity
from checks.rules.drifts import drifts
from checks.rules.review import Review
from checks.rules.topics import Topic

SEVERITY = Severity.ERROR
ABOUT = (Topic.SNAPSHOTS,)
_REMEDY = "Put the snapshot back; to drop the table remove its resource and run {command}, which writes the migration."


def check(review: Review) -> Iterator[Finding]:
    return drifts(__name__, SEVERITY, review, Cause.DELETED, _REMEDY)
