"""A down migration that PostgreSQL refuses.

## What it does

Flags a down script that failed when it was run right after its own up, on the state before the migration.

## Why it matters

It is needed when a deployment has gone wrong, which is the worst moment to find out that nobody has ever run it.

## Setup

```sql
CREATE TABLE users (id bigint PRIMARY KEY);
```

## Bad

```sql
-- migrate:up
ALTER TABLE users ADD COLUMN email text;

-- migrate:down
ALTER TABLE users DROP COLUMN emial;
```

## Good

```sql
-- migrate:up
ALTER TABLE users ADD COLUMN email text;

-- migrate:down
ALTER TABLE users DROP COLUMN email;
```

## When it is fine

Never; a migration that cannot be undone should say so.

## References

- [PostgreSQL error codes](https://www.postgresql.org/docs/current/errcodes-appendix.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.model.findings import Certainty, Finding, Severity
from checks.model.observations import Observation
from checks.model.rollback import RollbackStatus
from checks.rules.findings import found_in_file
from checks.rules.review import Review, Step
from checks.rules.topics import Topic

SEVERITY = Severity.ERROR
ABOUT = (Topic.WAY_BACK,)


def check(review: Review) -> Iterator[Finding]:
    for step in (*review.edited, *review.steps):
        if step.proof.status is RollbackStatus.FAILED and not step.proof.drafted:
            yield _finding(step)


def _finding(step: Step) -> Finding:
    failed: Observation | None = next((seen for seen in step.proof.down if seen.error is not None), None)
    error = failed.error if failed is not None else None
    why = f"{error.message} (SQLSTATE {error.sqlstate})" if error else step.proof.reason
    return found_in_file(
        __name__,
        SEVERITY,
        failed.path if failed else step.migration.path,
        f"The down fails, so there is no way back: {why.rstrip('.')}. It ran right after its own up, on the state before the "
        "migration.",
        line=failed.line if failed else 1,
        end_line=failed.end_line if failed else 1,
        step=step,
        evidence=(failed.id,) if failed else (),
        certainty=Certainty.OBSERVED,
    )
