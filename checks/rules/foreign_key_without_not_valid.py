"""A foreign key added to a live table without NOT VALID.

## What it does

Flags a foreign key whose rows PostgreSQL checks while it holds SHARE ROW EXCLUSIVE locks on both tables.

## Why it matters

Nobody can write to either table until every row has been looked up in the other one. With NOT VALID the locks last
an instant, and the later VALIDATE CONSTRAINT lets writers go on.

## Setup

```sql
CREATE TABLE users (id bigint PRIMARY KEY);
CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint);
INSERT INTO users SELECT generate_series(1, 100);
INSERT INTO orders SELECT n, n FROM generate_series(1, 100) n;
```

## Bad

```sql
ALTER TABLE orders ADD CONSTRAINT orders_user_fk FOREIGN KEY (user_id) REFERENCES users (id);
```

## Good

```sql
-- migration 1
ALTER TABLE orders ADD CONSTRAINT orders_user_fk FOREIGN KEY (user_id) REFERENCES users (id) NOT VALID;
-- migration 2
ALTER TABLE orders VALIDATE CONSTRAINT orders_user_fk;
```

## When it is fine

When the referencing table is small or empty, or made in the same change (not flagged).

## References

- [ALTER TABLE: Notes](https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-NOTES)
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.model.findings import Finding, Severity
from checks.model.observations import LockMode
from checks.rules.actions import AddConstraint
from checks.rules.constraints import add_not_valid, validate
from checks.rules.findings import found
from checks.rules.review import Review, Run
from checks.rules.wording import code, short

SEVERITY = Severity.ERROR
ABOUT = ("foreign key",)
SCALES = True


def check(review: Review) -> Iterator[Finding]:
    for run in review.runs:
        for key in run.each(AddConstraint):
            if key.kind == "foreign key" and _validates(run, key):
                yield found(__name__, SEVERITY, run, _message(run, key))
                break


def _validates(run: Run, key: AddConstraint) -> bool:
    if key.not_valid or not run.blocks(key.relation, LockMode.SHARE_ROW_EXCLUSIVE):
        return False
    return run.scans(key.relation) or run.validated(key)


def _message(run: Run, key: AddConstraint) -> str:
    table, target = short(run.locate(key.relation)), short(run.locate(key.references or ""))
    both = f"`{table}` and `{target}`" if table != target else f"`{table}`"
    return (
        f"Checks every row of `{table}` while writes to {both} wait (SHARE ROW EXCLUSIVE). "
        f"Instead: {code(add_not_valid(run, key))} and in a later migration {code(validate(run, key))}"
    )
