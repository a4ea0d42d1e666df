"""An Ecto migration that Ecto itself refuses.

## What it does

Flags a migration for which Ecto raises before anything is sent: an option that it does not know, a type that is none, a
column without its precision.

## Why it matters

The deployment stops here, with an Elixir error and not one of PostgreSQL.

## Bad

```elixir
create table(:posts) do
  add :author_id, references(:authors, null: false)
end
```

## Good

```elixir
create table(:posts) do
  add :author_id, references(:authors), null: false
end
```

## When it is fine

Never, with ecto_sql 3.12 or later. Older versions passed over options that they did not know.

## References

- [Ecto.Migration](https://hexdocs.pm/ecto_sql/Ecto.Migration.html)
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
