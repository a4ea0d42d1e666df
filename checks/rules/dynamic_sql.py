"""SQL that is put together while it runs.

## What it does

Notes a DO block or a function call that ran EXECUTE of an expression on live tables.

## Why it matters

What it does depends on the data and the schema that it meets. Here it was observed on the sandbox; in production it
may do more, less or something else.

## Setup

```sql
CREATE TABLE users (id bigint PRIMARY KEY, email text);
```

## Bad

```sql
DO $$ DECLARE name text; BEGIN
    FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
        EXECUTE format('ALTER TABLE %I ADD COLUMN note text', name);
    END LOOP;
END $$;
```

## Good

```sql
ALTER TABLE users ADD COLUMN note text;
```

## When it is fine

When the set of tables cannot be known when the migration is written.

## References

- [Executing dynamic commands](https://www.postgresql.org/docs/current/plpgsql-statements.html#PLPGSQL-STATEMENTS-EXECUTING-DYN)
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.model.findings import Finding, Severity
from checks.model.observations import LockMode
from checks.rules.findings import found
from checks.rules.review import Review
from checks.rules.topics import Topic
from checks.rules.wording import listed, short

SEVERITY = Severity.INFO
ABOUT = (Topic.NESTED,)
PRESET = "strict"
_EXECUTE = "EXECUTE"


def check(review: Review) -> Iterator[Finding]:
    for run in review.runs:
        touched = [lock.relation for lock in run.live_locks(LockMode.ROW_EXCLUSIVE)]
        if touched and any(command.tag == _EXECUTE for command in run.observation.nested):
            yield found(
                __name__,
                SEVERITY,
                run,
                f"Here it changed {listed(map(short, touched))}; in production it is whatever the expression makes of the data there.",
            )
