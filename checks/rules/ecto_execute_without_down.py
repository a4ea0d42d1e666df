"""An `execute` in `change` that does not say how to undo it.

## What it does

Flags `execute` with one argument in a `change`.

## Why it matters

`mix ecto.rollback` raises there. What stands behind it has been undone by then, and comes back with the transaction, or
does not where there is none.

## Bad

```elixir
execute "CREATE EXTENSION IF NOT EXISTS citext"
```

## Good

```elixir
execute "CREATE EXTENSION IF NOT EXISTS citext", ""
```

## When it is fine

When nobody ever rolls back: then say so in a `down` that raises.

## References

- [Ecto.Migration.execute/2](https://hexdocs.pm/ecto_sql/Ecto.Migration.html#execute/2)
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
