"""A constraint that PostgreSQL does not enforce.

## What it does

Flags a constraint of the change that is NOT ENFORCED at its end (PostgreSQL 18).

## Why it matters

It looks like a guarantee, in the schema and to tools that read it, and it is none: no row is ever checked.

## Setup

```sql
CREATE TABLE users (id bigint PRIMARY KEY);
CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint);
```

## Bad

```sql
ALTER TABLE orders ADD CONSTRAINT orders_user_fk FOREIGN KEY (user_id) REFERENCES users (id) NOT ENFORCED;
```

## Good

```sql
ALTER TABLE orders ADD CONSTRAINT orders_user_fk FOREIGN KEY (user_id) REFERENCES users (id) NOT VALID;
```

## When it is fine

To document a relation that other means keep right.

## References

- [CREATE TABLE: NOT ENFORCED](https://www.postgresql.org/docs/current/sql-createtable.html#SQL-CREATETABLE-PARMS-NOT-ENFORCED)
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.model.findings import Finding, Severity
from checks.rules.actions import AddConstraint, AlterTable
from checks.rules.findings import found
from checks.rules.objects_between import at_the_end
from checks.rules.review import Review, Run
from checks.rules.wording import listed

SEVERITY = Severity.WARNING
ABOUT = (AddConstraint, AlterTable)


def check(review: Review) -> Iterator[Finding]:
    for run in review.runs:
        names = [name for table in _tables(run) for name in _not_enforced(review, table)]
        if names and not run.failed:
            yield found(
                __name__,
                SEVERITY,
                run,
                f"{listed(names)} checks no row, neither old nor new ones. NOT VALID spares the reading of the old rows and still holds for "
                "new ones.",
            )


def _tables(run: Run) -> set[str]:
    added = [
        one.relation
        for one in run.each(AddConstraint)
        if one.node is not None and one.kind in ("check", "foreign key") and not one.node.is_enforced
    ]
    altered = [one.relation for one in run.each(AlterTable) if one.command == "AlterConstraint"]
    return {run.locate(name) for name in (*added, *altered)}


def _not_enforced(review: Review, table: str) -> Iterator[str]:
    before = {one.name for one in review.base.constraints(table) if not one.enforced}
    for constraint in at_the_end(review).constraints(table):
        if not constraint.enforced and constraint.name not in before:
            yield constraint.name
