"""A migration without a way back, in a history whose tool knows one.

## What it does

Flags a migration without a down. A warning when most migrations of the history have one, a note otherwise. Where a down
could be drafted and proven, the report shows it.

## Why it matters

If the deployment goes wrong, somebody has to write the way back by hand, at once, against production.

## Setup

```sql
CREATE TABLE users (id bigint PRIMARY KEY);
```

## Bad

```sql
-- change: 0002_email.sql
-- migrate:up
ALTER TABLE users ADD COLUMN email text;
```

## Good

```sql
-- change: 0002_email.sql
-- migrate:up
ALTER TABLE users ADD COLUMN email text;

-- migrate:down
ALTER TABLE users DROP COLUMN email;
```

## When it is fine

When the team only ever goes forward: turn the rule off in the configuration.

## References

- [The report](../report.md)
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.model.findings import Finding, Severity
from checks.model.rollback import RollbackStatus
from checks.rules.findings import found_in_file
from checks.rules.review import Review, Step

SEVERITY = Severity.INFO


def check(review: Review) -> Iterator[Finding]:
    if not review.change.head.has_downs:
        return
    usual = _has_usually_downs(review)
    for step in review.steps:
        migration = step.migration
        if migration.down is None and _wants_one(step):
            yield found_in_file(
                __name__,
                Severity.WARNING if usual else SEVERITY,
                migration.path,
                f"There is no down{', though most migrations here have one' if usual else ''}. {_remedy(step)}",
                step=step,
            )


def _wants_one(step: Step) -> bool:
    migration, proof = step.migration, step.proof
    nothing_to_undo = proof.status is RollbackStatus.RESTORED and not proof.drafted
    return (
        migration.up is not None
        and migration.irreversible is None
        and not (migration.repeatable or nothing_to_undo)
    )


def _has_usually_downs(review: Review) -> bool:
    migrations = review.change.base.migrations
    return sum(migration.down is not None for migration in migrations) * 2 > len(migrations)


def _remedy(step: Step) -> str:
    if step.proof.drafted and step.proof.status is RollbackStatus.RESTORED:
        return "One was drafted from the schema and proven: it is in the report."
    return "Write one, and it will be run up, down and up again here."
