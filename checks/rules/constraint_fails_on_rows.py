"""A CHECK, foreign key or exclusion constraint that existing rows may break.

## What it does

Flags a statement that adds or validates such a constraint and failed on rows which today's schema allows.

## Why it matters

One row in production that does not fit stops the deployment at this statement.

## Setup

```sql
CREATE TABLE orders (id bigint PRIMARY KEY, total integer);
INSERT INTO orders VALUES (1, 10), (2, -1);
```

## Bad

```sql
ALTER TABLE orders ADD CONSTRAINT orders_total_positive CHECK (total > 0);
```

## Good

```sql
UPDATE orders SET total = 1 WHERE total <= 0;
ALTER TABLE orders ADD CONSTRAINT orders_total_positive CHECK (total > 0);
```

## When it is fine

When you know that all of production's rows fit.

## References

- [Constraints](https://www.postgresql.org/docs/current/ddl-constraints.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.model.findings import Finding, Severity
from checks.rules.actions import ChangeRows
from checks.rules.findings import found
from checks.rules.review import Review
from checks.rules.topics import Topic

SEVERITY = Severity.ERROR
ABOUT = (Topic.ERRORS,)
_VIOLATIONS = {"23503", "23514", "23P01"}
"""Of a foreign key, a check, an exclusion constraint (PostgreSQL docs, appendix A)."""


def check(review: Review) -> Iterator[Finding]:
    for run in review.runs:
        error = run.observation.error
        if error is not None and error.sqlstate in _VIOLATIONS and not next(run.each(ChangeRows), None):
            yield found(
                __name__,
                SEVERITY,
                run,
                f"Fails on rows that today's schema allows: {error.message}. Mend such rows before it, or add the constraint "
                "NOT VALID now and validate it when they are mended.",
            )
