"""A constraint of a domain that is checked on live tables.

## What it does

Flags ALTER DOMAIN … ADD CONSTRAINT, VALIDATE CONSTRAINT and SET NOT NULL during which writes to live tables had to
wait.

## Why it matters

PostgreSQL reads every table that has a column of the domain, one after the other, and holds a SHARE lock on all of
them until commit. NOT VALID spares the reading, but VALIDATE takes the same lock.

## Setup

```sql
CREATE DOMAIN price AS integer;
CREATE TABLE products (id bigint PRIMARY KEY, price price);
INSERT INTO products SELECT n, n FROM generate_series(1, 100) n;
```

## Bad

```sql
ALTER DOMAIN price ADD CONSTRAINT price_positive CHECK (VALUE > 0);
```

## Good

```sql
ALTER DOMAIN price ADD CONSTRAINT price_positive CHECK (VALUE > 0) NOT VALID;
```

## When it is fine

When the tables are small. A CHECK on each table can be validated without stopping writes, and a domain cannot.

## References

- [ALTER DOMAIN](https://www.postgresql.org/docs/current/sql-alterdomain.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.model.findings import Finding, Severity
from checks.model.observations import LockMode
from checks.rules.findings import found
from checks.rules.objects import AlterDomain
from checks.rules.review import Review
from checks.rules.wording import listed, short

SEVERITY = Severity.ERROR
ABOUT = (AlterDomain,)
SCALES = True


def check(review: Review) -> Iterator[Finding]:
    for run in review.runs:
        domain = next(run.each(AlterDomain), None)
        read = [
            lock.relation for lock in run.live_locks(LockMode.SHARE) if lock.relation in run.observation.scans
        ]
        if domain is not None and read:
            yield found(
                __name__,
                SEVERITY,
                run,
                f"Reads all of {listed(map(short, read))} while writes of it wait (SHARE). Add the constraint as NOT VALID, which holds for new "
                "rows, or add a CHECK to each table, which VALIDATE can check without stopping writes.",
            )
