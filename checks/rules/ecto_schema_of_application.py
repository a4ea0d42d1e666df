"""A schema module of the application in a migration.

## What it does

Flags a query or a call of the repo with a module that the migration's file does not define.

## Why it matters

The migration runs with the code of that day. As soon as the schema has a field that the table does not have yet, the
migration fails on every new database, though nobody touched it.

## Bad

```elixir
MyApp.Repo.update_all(MyApp.User, set: [active: true])
```

## Good

```elixir
MyApp.Repo.update_all("users", set: [active: true])
```

## When it is fine

For a while: on databases that are migrated before the schema changes.

## References

- [Safe Ecto Migrations: Backfilling data](https://hexdocs.pm/ecto_sql/safe_migrations.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.model.findings import Finding, Severity
from checks.rules.problems import problems
from checks.rules.review import Review
from checks.rules.topics import Topic

SEVERITY = Severity.WARNING
ABOUT = (Topic.PROBLEMS,)


def check(review: Review) -> Iterator[Finding]:
    return problems(__name__, SEVERITY, review)
