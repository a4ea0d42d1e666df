"""An index built CONCURRENTLY while Ecto holds its own lock on schema_migrations.

## What it does

Flags `concurrently: true` in a migration that disables the transaction but not the migration lock.

## Why it matters

Ecto locks its table in a transaction of its own, and CONCURRENTLY waits for all transactions that were there before it.
Neither gives way: the deployment hangs for ever.

## Bad

```elixir
@disable_ddl_transaction true

def change do
  create index(:users, [:email], concurrently: true)
end
```

## Good

```elixir
@disable_ddl_transaction true
@disable_migration_lock true

def change do
  create index(:users, [:email], concurrently: true)
end
```

## When it is fine

With `migration_lock: :pg_advisory_lock` or `migration_lock: false` in the repo's configuration, which is read.

## References

- [Ecto.Migration: Adding/dropping indexes concurrently](https://hexdocs.pm/ecto_sql/Ecto.Migration.html#index/3-adding-dropping-indexes-concurrently)
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.model.findings import Finding, Severity
from checks.rules.problems import problems
from checks.rules.review import Review
from checks.rules.topics import Topic

SEVERITY = Severity.ERROR
ABOUT = (Topic.PROBLEMS,)


def check(review: Review) -> Iterator[Finding]:
    return problems(__name__, SEVERITY, review)
