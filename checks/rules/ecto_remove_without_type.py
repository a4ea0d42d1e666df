"""A `remove` in `change` that does not say what to add again.

## What it does

Flags `remove` with the name of a column alone in a `change`.

## Why it matters

`mix ecto.rollback` raises there. With type and options it adds the column again, empty.

## Bad

```elixir
alter table(:users) do
  remove :phone
end
```

## Good

```elixir
alter table(:users) do
  remove :phone, :string, null: true
end
```

## When it is fine

When nobody ever rolls back.

## References

- [Ecto.Migration.remove/3](https://hexdocs.pm/ecto_sql/Ecto.Migration.html#remove/3)
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
