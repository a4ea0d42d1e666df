"""A view, function, type, sequence or schema that gets another name.

## What it does

Flags RENAME TO and SET SCHEMA of an object that was there before the change, unless something of the old name is
there at its end.

## Why it matters

There is no moment at which old and new code both work: whichever is deployed at the time of the rename fails on its
next query that names the object.

## Setup

```sql
CREATE TABLE users (id bigint PRIMARY KEY, email text);
CREATE VIEW emails AS SELECT email FROM users;
```

## Bad

```sql
ALTER VIEW emails RENAME TO addresses;
```

## Good

```sql
ALTER VIEW emails RENAME TO addresses;
CREATE VIEW emails AS SELECT * FROM addresses;
```

## When it is fine

When no deployed code names it. Indexes and constraints are not flagged: hardly any query names them.

## References

- [ALTER VIEW](https://www.postgresql.org/docs/current/sql-alterview.html)
- [ALTER FUNCTION](https://www.postgresql.org/docs/current/sql-alterfunction.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.model.findings import Finding, Severity
from checks.rules.findings import found
from checks.rules.objects import RenameObject
from checks.rules.objects_between import gone
from checks.rules.review import Review
from checks.rules.wording import short

SEVERITY = Severity.WARNING
ABOUT = (RenameObject,)


def check(review: Review) -> Iterator[Finding]:
    for run in review.runs:
        for rename in () if run.failed else run.each(RenameObject):
            lost = gone(run, rename.kinds, rename.relation)
            if lost:
                kind, name = lost[0]
                yield found(
                    __name__,
                    SEVERITY,
                    run,
                    f"Renames {kind} `{short(name)}` to `{rename.new}`: the code that runs now fails from this moment on. Make the new one "
                    "beside it, and drop the old one in a later release.",
                )
                break
