"""A constraint or index that PostgreSQL has to name.

## What it does

Notes ADD CONSTRAINT without a name, and CREATE INDEX without one, on a table that was there before the change.

## Why it matters

The name depends on what is there: with `users_email_key` taken it is `users_email_key1`. A later migration that drops
it by name then fails on one of the databases.

## Setup

```sql
CREATE TABLE users (id bigint PRIMARY KEY, email text);
```

## Bad

```sql
ALTER TABLE users ADD CHECK (email <> '') NOT VALID;
```

## Good

```sql
ALTER TABLE users ADD CONSTRAINT users_email_given CHECK (email <> '') NOT VALID;
```

## When it is fine

When the tool finds constraints by their columns.

## References

- [ALTER TABLE](https://www.postgresql.org/docs/current/sql-altertable.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.model.findings import Certainty, Finding, Severity
from checks.rules.actions import AddConstraint, CreateIndex
from checks.rules.findings import found
from checks.rules.review import Review
from checks.rules.wording import short

SEVERITY = Severity.INFO
ABOUT = (AddConstraint, CreateIndex)
PRESET = "strict"


def check(review: Review) -> Iterator[Finding]:
    for run in review.runs:
        constraints = [
            one.relation for one in run.each(AddConstraint) if one.name is None and not one.new_column
        ]
        indexes = [one.relation for one in run.each(CreateIndex) if one.name is None]
        tables = [run.locate(name) for name in (*constraints, *indexes) if run.is_live(name)]
        if tables:
            yield found(
                __name__,
                SEVERITY,
                run,
                f"PostgreSQL chooses the name on `{short(tables[0])}` from those that are free, which may differ between databases. Name it.",
                certainty=Certainty.STATIC,
            )
