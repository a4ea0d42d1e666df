"""A live column that is renamed.

## What it does

Flags RENAME COLUMN of a column that was there before the change.

## Why it matters

There is no moment at which old and new code both work: whichever is deployed at the time of the rename fails on its
next query that names the column.

## Setup

```sql
CREATE TABLE users (id bigint PRIMARY KEY, mail text);
```

## Bad

```sql
ALTER TABLE users RENAME COLUMN mail TO email;
```

## Good

```sql
ALTER TABLE users ADD COLUMN email text;
```

## When it is fine

When the application is stopped for the deployment, or reads through a view that keeps the old name. Otherwise write
both columns, fill the new one in batches, read the new one, and drop the old one in a later release.

## References

- [ALTER TABLE: RENAME](https://www.postgresql.org/docs/current/sql-altertable.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.model.findings import Finding, Severity
from checks.rules.actions import RenameColumn
from checks.rules.findings import found
from checks.rules.review import Review, Run
from checks.rules.schema import column_of
from checks.rules.wording import code, quoted, short

SEVERITY = Severity.WARNING
ABOUT = (RenameColumn,)


def check(review: Review) -> Iterator[Finding]:
    for run in review.runs:
        for rename in run.each(RenameColumn):
            if run.column_is_live(rename.relation, rename.column) and not run.failed:
                yield found(__name__, SEVERITY, run, _message(run, rename))
                break


def _message(run: Run, rename: RenameColumn) -> str:
    table = run.locate(rename.relation)
    column = column_of(run.step.before, table, rename.column)
    remedy = "Add the new column instead"
    if table not in run.step.before.tables():
        return (
            f"Renames `{rename.column}` of the view `{short(table)}` to `{rename.new}`: the code that runs now fails from this moment on. "
            "Make another view with the new name beside it, and drop the old one in a later release."
        )
    if column is not None:
        alter = f"ALTER TABLE {quoted(short(table))} ADD COLUMN {quoted(rename.new)} {column.type}"
        remedy = f"Instead: {code(alter)}"
    return (
        f"Renames `{rename.column}` of `{short(table)}` to `{rename.new}`: the code that runs now fails from this moment on. "
        f"{remedy}, write both, fill it in batches, and drop the old one in a later release."
    )
