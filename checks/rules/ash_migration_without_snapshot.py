"""A migration of a table that Ash owns, and no resource snapshot that says so.

## What it does

Flags what a migration changes on a table with a snapshot (or drops) while the snapshot stays as it was, and generated
migrations that make a table without a snapshot. Plain indexes that are only added are left alone.

## Why it matters

Ash takes the newest snapshot for the state of the database. The next `mix ash.codegen` does not know of the change: it
does not take it back, may do it again, and the resource cannot use it.

## Bad

```text
priv/repo/migrations/20260601090000_by_hand.exs   (new: modify :title, :string on a table of Ash)
```

## Good

```text
priv/repo/migrations/20260601090000_shorter_titles.exs   (new)
priv/resource_snapshots/repo/books/20260601090000.json   (new)
```

## When it is fine

When something outside of Ash uses the column or constraint.

## References

- [AshPostgres: migrations and tasks](https://hexdocs.pm/ash_postgres/migrations-and-tasks.html)
- [How snapshots are compared](../ecto.md#ash)
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.ash.drift import Cause
from checks.model.findings import Certainty, Finding, Severity
from checks.rules.drifts import drifts
from checks.rules.findings import found_in_file
from checks.rules.review import Review
from checks.rules.topics import Topic
from checks.rules.wording import listed, short

SEVERITY = Severity.WARNING
ABOUT = (Topic.SNAPSHOTS,)
_REMEDY = "The snapshot is not changed, so Ash does not know of it. Change the resource and let {command} write the migration."
_WITHOUT = (
    "The generator wrote this migration, and of {tables} there is no snapshot. "
    "Commit what `{command} NAME` wrote below resource_snapshots, too."
)


def check(review: Review) -> Iterator[Finding]:
    yield from drifts(__name__, SEVERITY, review, Cause.MIGRATION, _REMEDY)
    yield from _generated_alone(review)


def _generated_alone(review: Review) -> Iterator[Finding]:
    """Tables that a generated migration makes, and that no snapshot has."""
    snapshots = review.snapshots
    for step in review.steps if snapshots else ():
        assert snapshots is not None
        made = step.after.tables() - step.before.tables() - snapshots.tables
        if made and step.migration.path in snapshots.generated:
            tables = listed(short(table) for table in sorted(made))
            message = _WITHOUT.format(tables=tables, command=snapshots.command)
            yield found_in_file(
                __name__, SEVERITY, step.migration.path, message, step=step, certainty=Certainty.DERIVED
            )
