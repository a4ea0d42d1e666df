"""A column type change that some rows do not survive.

## What it does

Flags ALTER COLUMN … TYPE that failed on rows which today's schema allows, and one after which values have lost
something (digits, a time of day, a tail) that no down brings back.

## Why it matters

A value that does not fit stops the deployment; a value that is rounded or cut to fit is gone for good, without an
error.

## Setup

```sql
CREATE TABLE orders (id bigint PRIMARY KEY, total bigint);
INSERT INTO orders VALUES (1, 10), (2, 5000000000);
```

## Bad

```sql
ALTER TABLE orders ALTER COLUMN total TYPE integer;
```

## Good

```sql
ALTER TABLE orders ADD CONSTRAINT orders_total_fits CHECK (total < 2147483648) NOT VALID;
```

## When it is fine

When a validated CHECK constraint already proves that every value fits.

## References

- [ALTER TABLE: ALTER COLUMN TYPE](https://www.postgresql.org/docs/current/sql-altertable.html)
- [Numeric types](https://www.postgresql.org/docs/current/datatype-numeric.html)
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from checks.model.findings import Finding, Severity
from checks.rules.actions import ChangeType
from checks.rules.findings import found
from checks.rules.review import Review, Run
from checks.rules.wording import listed, short

SEVERITY = Severity.ERROR
ABOUT = (ChangeType,)
_DATA_EXCEPTION = "22"
"""The class of SQLSTATE: out of range, too long, invalid text (PostgreSQL docs, appendix A)."""


def check(review: Review) -> Iterator[Finding]:
    for run in review.runs:
        changes = [change for change in run.each(ChangeType) if run.is_live(change.relation)]
        error = run.observation.error
        if changes and error is not None and error.sqlstate.startswith(_DATA_EXCEPTION):
            yield found(
                __name__,
                SEVERITY,
                run,
                f"Fails on rows that today's schema allows: {error.message}. Before it, find and mend the values of "
                f"{listed(change.column for change in changes)} that do not fit, and keep new ones out with a CHECK constraint.",
            )
        elif lost := [change for change in changes if _lost(run, change)]:
            yield found(
                __name__,
                SEVERITY,
                run,
                f"Values of {listed(change.column for change in lost)} in `{short(run.locate(lost[0].relation))}` {_become(lost)}, "
                "and the way back does not restore them. Keep the old column until nobody needs it.",
                irreversible=True,
            )


def _become(lost: Sequence[ChangeType]) -> str:
    """What an expression of the author's makes of them need not be less."""
    return "are what USING made of them" if lost[0].using else f"were cut or rounded to fit {lost[0].type}"


def _lost(run: Run, change: ChangeType) -> bool:
    table = run.locate(change.relation)
    return any((loss.relation, loss.column) == (table, change.column) for loss in run.step.proof.data_lost)
