"""A statement that PostgreSQL refuses inside a transaction.

## What it does

Flags VACUUM, CREATE DATABASE, ALTER SYSTEM, CREATE TABLESPACE and other commands that fail because the tool, or the
script itself, has opened a transaction around them.

## Why it matters

PostgreSQL refuses them (SQLSTATE 25001), so the deployment stops here. Nearly every migration tool opens a
transaction unless it is told not to.

## Setup

```sql
CREATE TABLE users (id bigint PRIMARY KEY, email text);
```

## Bad

```sql
VACUUM users;
```

## Good

```sql
-- migration 1, outside a transaction
VACUUM users;
```

## When it is fine

Never: it does not run.

## References

- [VACUUM](https://www.postgresql.org/docs/current/sql-vacuum.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.model.findings import Finding, Severity
from checks.rules.findings import found
from checks.rules.review import Review
from checks.rules.topics import Topic
from checks.rules.wording import outside_transaction

SEVERITY = Severity.ERROR
ABOUT = (Topic.ERRORS,)
YIELDS_TO = ("concurrently-in-transaction",)
_REFUSED = "25001"
"""active_sql_transaction (PostgreSQL docs, appendix A)."""


def check(review: Review) -> Iterator[Finding]:
    for run in review.runs:
        error = run.observation.error
        if error is not None and error.sqlstate == _REFUSED:
            yield found(
                __name__,
                SEVERITY,
                run,
                f"PostgreSQL refuses this: {error.message}. Run it {outside_transaction(run)}, as the only statement of its migration.",
            )
