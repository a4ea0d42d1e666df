"""A live table that is renamed, or moved to another schema.

## What it does

Flags RENAME TO and SET SCHEMA of a table that was there before the change, unless a view of the old name takes its place.

## Why it matters

There is no moment at which old and new code both work: whichever is deployed at the time of the rename fails on its
next query that names the table.

## Setup

```sql
CREATE TABLE members (id bigint PRIMARY KEY);
```

## Bad

```sql
ALTER TABLE members RENAME TO users;
```

## Good

```sql
ALTER TABLE members RENAME TO users;
CREATE VIEW members AS SELECT * FROM users;
```

## When it is fine

When the application is stopped for the deployment, or no deployed code uses the table any more.

## References

- [ALTER TABLE: RENAME](https://www.postgresql.org/docs/current/sql-altertable.html)
- [Updatable views](https://www.postgresql.org/docs/current/sql-createview.html#SQL-CREATEVIEW-UPDATABLE-VIEWS)
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.model.findings import Finding, Severity
from checks.rules.actions import RenameTable
from checks.rules.findings import found
from checks.rules.review import Review
from checks.rules.wording import code, quoted, short

SEVERITY = Severity.WARNING
ABOUT = (RenameTable,)


def check(review: Review) -> Iterator[Finding]:
    for run in review.runs:
        for rename in run.each(RenameTable):
            old = run.locate(rename.relation)
            if old in run.live and not run.failed and old not in run.step.after.relations():
                new = short(rename.new)
                view = code(f"CREATE VIEW {quoted(short(old))} AS SELECT * FROM {quoted(new)}")
                yield found(
                    __name__,
                    SEVERITY,
                    run,
                    f"Renames `{short(old)}` to `{new}`: the code that runs now fails from this moment on. "
                    f"In the same transaction, leave a view under the old name: {view}",
                )
                break
