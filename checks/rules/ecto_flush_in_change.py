"""A `flush()` in `change`.

## What it does

Flags `flush()` in a `change`.

## Why it matters

Ecto collects the commands of a `change` to run them backwards on rollback. `flush()` would run the first of them too
early, so rollback raises.

## Bad

```elixir
create table(:tags)
flush()
execute "INSERT INTO tags VALUES (1)", ""
```

## Good

```elixir
create table(:tags)
execute "INSERT INTO tags VALUES (1)", ""
```

## When it is fine

When nobody ever rolls back. In `up` and `down` it does no harm.

## References

- [Ecto.Migration.flush/0](https://hexdocs.pm/ecto_sql/Ecto.Migration.html#flush/0)
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
