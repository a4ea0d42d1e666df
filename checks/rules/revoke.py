"""A privilege that is taken away.

## What it does

Notes REVOKE on an object that was there before the change, but from PUBLIC.

## Why it matters

Code that runs now as that role fails on its next query.

## Setup

```sql
CREATE TABLE users (id bigint PRIMARY KEY);
GRANT SELECT ON users TO CURRENT_USER;
```

## Bad

```sql
REVOKE SELECT ON users FROM CURRENT_USER;
```

## Good

```sql
REVOKE ALL ON users FROM PUBLIC;
```

## When it is fine

When no deployed code needs it.

## References

- [REVOKE](https://www.postgresql.org/docs/current/sql-revoke.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.model.findings import Finding, Severity
from checks.rules.findings import found
from checks.rules.objects import ChangePrivileges
from checks.rules.review import Review
from checks.rules.wording import short

SEVERITY = Severity.INFO
ABOUT = (ChangePrivileges,)
PRESET = "strict"


def check(review: Review) -> Iterator[Finding]:
    for run in review.runs:
        for change in () if run.failed else run.each(ChangePrivileges):
            if not change.grant and set(change.roles) != {"public"} and run.is_live(change.relation):
                what = ", ".join(change.privileges).upper() or "ALL"
                yield found(
                    __name__,
                    SEVERITY,
                    run,
                    f"Takes {what} on `{short(run.locate(change.relation))}` away: queries that need it fail.",
                )
