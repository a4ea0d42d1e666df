"""A strong lock on a live table that is waited for without a limit.

## What it does

Notes, once per migration, that a lock which blocks reads or writes was taken on a live table while `lock_timeout` was 0.

## Why it matters

The statement waits for the longest running query on the table, and everything that comes after it waits behind it, reads
included. A quick ALTER TABLE behind a long report stops the application until the report is done.

## Setup

```sql
CREATE TABLE users (id bigint PRIMARY KEY);
```

## Bad

```sql
ALTER TABLE users ADD COLUMN email text;
```

## Good

```sql
SET LOCAL lock_timeout = '2s';
ALTER TABLE users ADD COLUMN email text;
```

## When it is fine

When the tool or the role that runs the migrations sets it: then name it under `parameters` in the configuration.

## References

- [lock_timeout](https://www.postgresql.org/docs/current/runtime-config-client.html#GUC-LOCK-TIMEOUT)
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.model.findings import Finding, Severity
from checks.model.observations import LockMode
from checks.rules.findings import found
from checks.rules.review import Review
from checks.rules.topics import Topic
from checks.rules.wording import said_by_tool, short

SEVERITY = Severity.INFO
ABOUT = (Topic.LOCKS,)
YIELDS_TO = ("foreign-key-drop",)


def check(review: Review) -> Iterator[Finding]:
    told = set()
    for run in review.runs:
        locks = run.live_locks(LockMode.SHARE)
        if run.step.id in told or not locks or run.has_lock_timeout:
            continue
        told.add(run.step.id)
        local = "LOCAL " if run.observation.transaction is not None else ""
        yield found(
            __name__,
            SEVERITY,
            run,
            f"Waits without a limit for the {locks[0].mode} lock on `{short(locks[0].relation)}`, and the application's queries "
            f"wait behind it. First in the migration: {said_by_tool(run, f'SET {local}lock_timeout = ' + repr('2s'))}",
        )
