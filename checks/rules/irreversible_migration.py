"""A migration without a way back.

## What it does

Flags a migration that says itself that it is irreversible (it then needs an approval), and one without a down that
overwrites values of live tables.
What a DROP, TRUNCATE or DELETE destroys is flagged there.

## Why it matters

If the deployment goes wrong, the only ways are forward, or a restored backup. Somebody should have agreed to that.

## Setup

```sql
CREATE TABLE users (id bigint PRIMARY KEY, email text);
INSERT INTO users SELECT n, 'User' || n FROM generate_series(1, 100) n;
```

## Bad

```sql
-- change: 0002_lower.sql
-- migrate:up
UPDATE users SET email = lower(email) WHERE id < 40;
```

## Good

```sql
-- change: 0002_lower.sql
-- migrate:up
ALTER TABLE users ADD COLUMN email_lower text;
UPDATE users SET email_lower = lower(email) WHERE id < 40;
```

## When it is fine

When a way back would be worse than none, and those who run the deployment know it.

## References

- [Continuous archiving and point-in-time recovery](https://www.postgresql.org/docs/current/continuous-archiving.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.model.findings import Certainty, Finding, Severity
from checks.model.rollback import RollbackStatus
from checks.rules.findings import found_in_file
from checks.rules.losses import loss_words, untold_losses
from checks.rules.review import Review, Step
from checks.rules.topics import Topic

SEVERITY = Severity.WARNING
ABOUT = (Topic.WAY_BACK,)


def check(review: Review) -> Iterator[Finding]:
    for step in review.steps:
        reason = _reason(review, step)
        if reason is not None:
            yield found_in_file(
                __name__,
                SEVERITY,
                step.migration.path,
                f"There is no way back: {reason.strip().rstrip('.')}. Agree on what to do when the deployment goes wrong: a backup, "
                "or a way forward.",
                step=step,
                certainty=Certainty.STATIC if step.migration.irreversible else Certainty.OBSERVED,
                irreversible=step.migration.irreversible is not None,
            )


def _reason(review: Review, step: Step) -> str | None:
    if step.migration.irreversible is not None:
        return step.migration.irreversible or "the file says so"
    lost = untold_losses(review, step) if step.proof.status is RollbackStatus.IRREVERSIBLE else []
    return f"the up overwrites {', '.join(map(loss_words, lost))}" if lost else None
