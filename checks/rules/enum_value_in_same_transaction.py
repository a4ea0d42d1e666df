"""A new value of an enum that is used in the transaction which adds it.

## What it does

Flags a statement that PostgreSQL refuses because it uses an enum value that ALTER TYPE … ADD VALUE has added in the
same transaction.

## Why it matters

PostgreSQL lets nobody use the value before it is committed (SQLSTATE 55P04), so the migration stops here. A new enum
that is made whole in the same transaction has no such limit.

## Setup

```sql
CREATE TYPE mood AS ENUM ('sad', 'happy');
CREATE TABLE people (id bigint PRIMARY KEY, mood mood);
```

## Bad

```sql
ALTER TYPE mood ADD VALUE 'calm';
ALTER TABLE people ALTER COLUMN mood SET DEFAULT 'calm';
```

## Good

```sql
-- migration 1
ALTER TYPE mood ADD VALUE 'calm';
-- migration 2
ALTER TABLE people ALTER COLUMN mood SET DEFAULT 'calm';
```

## When it is fine

Never: it does not run.

## References

- [ALTER TYPE: Notes](https://www.postgresql.org/docs/current/sql-altertype.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.model.findings import Finding, Severity
from checks.rules.findings import found
from checks.rules.objects import AddValue
from checks.rules.review import Review
from checks.rules.topics import Topic
from checks.rules.wording import listed

SEVERITY = Severity.ERROR
ABOUT = (Topic.ERRORS,)
_REFUSED = "55P04"
"""unsafe_new_enum_value_usage (PostgreSQL docs, appendix A)."""


def check(review: Review) -> Iterator[Finding]:
    for run in review.runs:
        error = run.observation.error
        if error is not None and error.sqlstate == _REFUSED:
            added = [add.value for earlier in run.ahead for add in earlier.each(AddValue)]
            names = listed(added) if added else "The new value"
            yield found(
                __name__,
                SEVERITY,
                run,
                f"PostgreSQL refuses this: {error.message}. {names} can be used when it is committed: move this statement to a "
                "later migration.",
            )
