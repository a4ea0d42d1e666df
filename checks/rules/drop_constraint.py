"""A constraint of a live table that is dropped, and nothing takes its place.

## What it does

Flags DROP CONSTRAINT of a unique, exclusion, check or foreign key constraint when the columns are still there and
nothing guards the same at the end of the change.

## Why it matters

From now on rows are accepted that the code does not expect, and the constraint cannot be added again before they are
mended. ON CONFLICT on the columns of a unique constraint fails at once.

## Setup

```sql
CREATE TABLE users (id bigint PRIMARY KEY, email text CONSTRAINT users_email_key UNIQUE);
INSERT INTO users SELECT n, 'user' || n FROM generate_series(1, 100) n;
```

## Bad

```sql
ALTER TABLE users DROP CONSTRAINT users_email_key;
```

## Good

```sql
ALTER TABLE users DROP CONSTRAINT users_email_key;
CREATE UNIQUE INDEX users_email_lower ON users (email);
```

## When it is fine

When the rule does not hold any more.

## References

- [ALTER TABLE](https://www.postgresql.org/docs/current/sql-altertable.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.catalog import Catalog, Constraint
from checks.model.findings import Finding, Severity
from checks.rules.actions import DropConstraint
from checks.rules.findings import found
from checks.rules.objects_between import at_the_end, is_new_migration
from checks.rules.review import Review, Run
from checks.rules.schema import column_of, constraint_of
from checks.rules.wording import listed, short

SEVERITY = Severity.WARNING
ABOUT = (DropConstraint,)
_GUARDS = {
    "unique": "two rows may have the same values",
    "exclusion": "rows may overlap",
    "check": "the rows need not keep to the condition",
    "foreign key": "rows may refer to what is not there",
}


def check(review: Review) -> Iterator[Finding]:
    for run in review.runs:
        for drop in () if run.failed else run.each(DropConstraint):
            constraint = _unguarded(run, drop)
            if constraint is not None:
                columns = f" ({listed(constraint.columns)})" if constraint.columns else ""
                yield found(
                    __name__,
                    SEVERITY,
                    run,
                    f"Without `{constraint.name}` on `{short(constraint.table)}`{columns} {_GUARDS[constraint.kind]}, and it cannot come "
                    "back before such rows are mended. Make sure that no code relies on it.",
                )
                break


def _unguarded(run: Run, drop: DropConstraint) -> Constraint | None:
    table = run.locate(drop.relation)
    constraint = constraint_of(run.review.base, table, drop.name) if is_new_migration(run) else None
    last = at_the_end(run.review)
    if constraint is None or constraint.kind not in _GUARDS or table not in last.relations():
        return None
    remain = all(column_of(last, table, name) for name in constraint.columns)
    return constraint if remain and not _is_replaced(constraint, last) else None


def _is_replaced(old: Constraint, last: Catalog) -> bool:
    """Whether something guards the same: a constraint of the name or the kind and columns, an index, or NOT NULL."""
    new = [one for one in last.constraints(old.table) if one.enforced]
    if any(
        one.name == old.name or (one.kind, set(one.columns)) == (old.kind, set(old.columns)) for one in new
    ):
        return True
    columns = [column_of(last, old.table, name) for name in old.columns]
    if old.kind == "check" and "IS NOT NULL" in old.definition:
        return bool(columns) and all(column is not None and column.not_null for column in columns)
    unique = [index for index in last.indexes(old.table) if index.unique and index.predicate is None]
    # Of a constraint that only the files tell of, the columns may not be known.
    return old.kind == "unique" and any(
        not old.columns or set(index.columns) <= set(old.columns) for index in unique
    )
