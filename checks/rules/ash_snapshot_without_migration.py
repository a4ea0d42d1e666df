"""A resource snapshot of Ash that says what no migration does.

## What it does

Compares the newest snapshot of each table with the schema that PostgreSQL has after all migrations, and flags what a
changed snapshot says and the unchanged table does not have: attributes, their types, nullability and defaults, the
primary key, references, identities, indexes, check constraints and custom statements.

## Why it matters

The application is compiled with the attribute and the database does not have it: queries fail as soon as it is
deployed. And the next `mix ash.codegen` sees nothing to do, because it compares resources with snapshots and not with
the database.

## Bad

```text
priv/resource_snapshots/repo/books/20260601090000.json   (new: an attribute "isbn")
```

## Good

```text
priv/resource_snapshots/repo/books/20260601090000.json   (new: an attribute "isbn")
priv/repo/migrations/20260601090000_add_isbn.exs         (new: add :isbn, :text)
```

## When it is fine

When the database has it from elsewhere. Then give the migrations that make it to the engine, as `prelude` or
`folders`.

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
_REMEDY = "No migration of this change does it. Delete {snapshot} and run {command}, which writes both."


def check(review: Review) -> Iterator[Finding]:
    return drifts(__name__, SEVERITY, review, Cause.SNAPSHOT, _REMEDY)
