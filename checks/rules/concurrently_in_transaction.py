"""CONCURRENTLY inside a transaction, which PostgreSQL refuses.

## What it does

Flags CREATE INDEX, DROP INDEX, REINDEX or DETACH PARTITION … CONCURRENTLY that fails because the tool, or the
script itself, has opened a transaction around it.

## Why it matters

These commands commit several times while they work, so PostgreSQL refuses them in a transaction block and
the deployment stops here. Nearly every migration tool opens a transaction unless it is told not to.

## Setup

```sql
CREATE TABLE users (id bigint PRIMARY KEY, email text);
```

## Bad

```sql
CREATE INDEX CONCURRENTLY users_email_idx ON users (email);
```

## Good

```sql
-- migration 1, outside a transaction
CREATE INDEX CONCURRENTLY users_email_idx ON users (email);
```

## When it is fine

Never: it does not run.

## References

- [CREATE INDEX: Building Indexes Concurrently](https://www.postgresql.org/docs/current/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY)
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.model.findings import Finding, Severity
from checks.rules.actions import CreateIndex, DetachPartition, DropIndex, Refresh, Reindex
from checks.rules.findings import found
from checks.rules.review import Review, Run
from checks.rules.wording import outside_transaction

SEVERITY = Severity.ERROR
ABOUT = (CreateIndex, DetachPartition, DropIndex, Refresh, Reindex)
_REFUSED = "25001"
"""active_sql_transaction (PostgreSQL docs, appendix A)."""


def check(review: Review) -> Iterator[Finding]:
    for run in review.runs:
        error = run.observation.error
        if error is not None and error.sqlstate == _REFUSED and _is_concurrent(run):
            yield found(
                __name__,
                SEVERITY,
                run,
                f"PostgreSQL refuses this: {error.message}. Run it {outside_transaction(run)}, "
                "as the only statement of its migration.",
            )


def _is_concurrent(run: Run) -> bool:
    kinds = (CreateIndex, DropIndex, Reindex, DetachPartition, Refresh)
    return any(action.concurrently for action in run.actions if isinstance(action, kinds))
