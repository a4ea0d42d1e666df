"""A migration that its author calls irreversible.

## What it does

Notes a migration that says itself that there is no way back.

## Why it matters

If the deployment goes wrong, the only ways are forward, or a restored backup. Somebody should have agreed to that.

## Setup

```sql
CREATE TABLE users (id bigint PRIMARY KEY);
```

## When it is fine

When a way back would be worse than none, and those who run the deployment know it.

## References

- [Continuous archiving and point-in-time recovery](https://www.postgresql.org/docs/current/continuous-archiving.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.model import Finding, RollbackStatus, Severity
from checks.rules.findings import found_in_file
from checks.rules.review import Review

SEVERITY = Severity.WARNING


def check(review: Review) -> Iterator[Finding]:
    for step in review.steps:
        own_word = step.migration.irreversible
        if own_word is not None or step.proof.status is RollbackStatus.IRREVERSIBLE:
            reason = (own_word or step.proof.reason).strip().rstrip(".")
            yield found_in_file(
                __name__,
                SEVERITY,
                step.migration.path,
                f"There is no way back{f': {reason}' if reason else ''}. Agree on what to do when the deployment goes wrong: a "
                "backup, or a way forward.",
                step=step,
                irreversible=True,
            )
