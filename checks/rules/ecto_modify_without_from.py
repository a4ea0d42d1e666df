"""A `modify` in `change` that does not say what the column was.

## What it does

Flags `modify` without `from:` in a `change`.

## Why it matters

`mix ecto.rollback` raises there, because Ecto does not ask the database what the type was.

## Bad

```elixir
alter table(:users) do
  modify :email, :text
end
```

## Good

```elixir
alter table(:users) do
  modify :email, :text, from: {:string, null: true}
end
```

## When it is fine

When nobody ever rolls back. Without options in `from:` the options of the way up are kept on the way down: name them.

## References

- [Ecto.Migration.modify/3](https://hexdocs.pm/ecto_sql/Ecto.Migration.html#modify/3)
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
