"""A schema or database that is dropped.

## What it does

Flags DROP SCHEMA of a schema with live tables, and DROP DATABASE.

## Why it matters

Everything in it is gone, and no down migration brings the rows back.

## Setup

```sql
CREATE SCHEMA reports;
CREATE TABLE reports.daily (day date PRIMARY KEY);
INSERT INTO reports.daily SELECT '2030-01-01'::date + n FROM generate_series(1, 100) n;
```

## Bad

```sql
DROP SCHEMA reports CASCADE;
```

## Good

```sql
ALTER SCHEMA reports RENAME TO reports_to_drop;
```

## When it is fine

When the schema has been empty or unused for a while.

## References

- [DROP SCHEMA](https://www.postgresql.org/docs/current/sql-dropschema.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.model.findings import Certainty, Finding, Severity
from checks.rules.actions import DropDatabase, DropSchema
from checks.rules.findings import found
from checks.rules.review import Review
from checks.rules.wording import listed, short

SEVERITY = Severity.ERROR
ABOUT = (DropDatabase, DropSchema)


def check(review: Review) -> Iterator[Finding]:
    for run in review.runs:
        for database in run.each(DropDatabase):
            yield found(
                __name__,
                SEVERITY,
                run,
                f"Drops the database `{database.relation}` with everything in it. A migration is not the place for that.",
                certainty=Certainty.STATIC,
                irreversible=True,
            )
        schemas = {drop.relation for drop in run.each(DropSchema)}
        lost = sorted(name for name in run.live if name.split(".", 1)[0] in schemas)
        if lost and not run.failed:
            yield found(
                __name__,
                SEVERITY,
                run,
                f"Drops {listed(sorted(schemas))} with {listed(map(short, lost[:5]))}{' and more' if len(lost) > 5 else ''}; no "
                "down brings the rows back. Rename it first, and drop it when nothing has missed it.",
                irreversible=True,
            )
