"""A new constraint on a column that old code writes.

## What it does

Notes a CHECK, foreign key, unique or exclusion constraint, NOT VALID or not, on columns that were there before the
change.

## Why it matters

From this moment on a row that breaks it is refused. Code that is still deployed, and has never heard of the rule,
fails where it writes such a row.

## Setup

```sql
CREATE TABLE users (id bigint PRIMARY KEY, email text);
```

## Bad

```sql
ALTER TABLE users ADD CONSTRAINT users_email_given CHECK (email <> '') NOT VALID;
```

## Good

```sql
ALTER TABLE users ADD COLUMN name text CONSTRAINT users_name_given CHECK (name <> '');
```

## When it is fine

When the deployed code keeps to the rule already.

## References

- [Constraints](https://www.postgresql.org/docs/current/ddl-constraints.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.model.findings import Finding, Severity
from checks.rules.actions import AddColumn, AddConstraint
from checks.rules.findings import found
from checks.rules.review import Review, Run
from checks.rules.schema import constraint_of
from checks.rules.wording import short

SEVERITY = Severity.INFO
ABOUT = (AddConstraint,)
PRESET = "strict"
_KINDS = ("check", "foreign key", "unique", "exclusion")


def check(review: Review) -> Iterator[Finding]:
    for run in review.runs:
        for constraint in () if run.failed else run.each(AddConstraint):
            if constraint.kind in _KINDS and _is_about_old_columns(run, constraint):
                table = short(run.locate(constraint.relation))
                yield found(
                    __name__,
                    SEVERITY,
                    run,
                    f"`{table}` refuses rows that break it from this moment on. Make sure that the code that runs now writes none.",
                )
                break


def _is_about_old_columns(run: Run, constraint: AddConstraint) -> bool:
    table = run.locate(constraint.relation)
    known = constraint_of(run.step.after, table, constraint.name or "")
    added = {column.column for column in run.each(AddColumn)}
    columns = set(known.columns if known is not None else constraint.columns)
    old = bool(columns) and not columns & added and all(run.column_is_live(table, name) for name in columns)
    return old and run.is_live(table)
