"""A migration that does not do what the resource snapshot of Ash beside it says.

## What it does

Flags what differs between the newest snapshot of a table and the schema after all migrations, when the change has both
a new snapshot and a migration of that table; or when a migration that databases have applied reads otherwise now.

## Why it matters

Somebody edited what the generator wrote. From then on Ash takes the snapshot for the truth: a type, a NOT NULL or an
index that it believes to be there is not, and no later `mix ash.codegen` will mend it.

## Bad

```elixir
# the snapshot says: "type": "text", "allow_nil?": false
alter table(:books) do
  add :isbn, :string
end
```

## Good

```elixir
alter table(:books) do
  add :isbn, :text, null: false
end
```

## When it is fine

When the difference is wanted and the resource cannot say it. `ignore?`, `skip_unique_indexes` and `migration_types` of
AshPostgres let it say most things.

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
_REMEDY = "Let the migration do what {snapshot} says; or change the resource, delete what was generated, and run {command}."


def check(review: Review) -> Iterator[Finding]:
    return drifts(__name__, SEVERITY, review, Cause.BOTH, _REMEDY)
