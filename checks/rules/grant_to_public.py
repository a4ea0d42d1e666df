"""A privilege for everybody.

## What it does

Flags GRANT … TO PUBLIC on tables, views, sequences and schemas, except USAGE of a schema and SELECT on what
PostgreSQL shows everybody anyway.

## Why it matters

PUBLIC is every role that can connect, now and later: a reporting user, a contractor, an extension. A privilege that
is given to it cannot be taken from one of them.

## Setup

```sql
CREATE TABLE invoices (id bigint PRIMARY KEY);
```

## Bad

```sql
GRANT SELECT ON invoices TO PUBLIC;
```

## Good

```sql
REVOKE ALL ON invoices FROM PUBLIC;
```

## When it is fine

For data that everybody may see. Functions and types are not flagged: PUBLIC may use them by default.

## References

- [Privileges](https://www.postgresql.org/docs/current/ddl-priv.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.model.findings import Finding, Severity
from checks.rules.findings import found
from checks.rules.objects import ChangePrivileges
from checks.rules.review import Review, Run
from checks.rules.wording import short

SEVERITY = Severity.WARNING
ABOUT = (ChangePrivileges,)
_KINDS = ("table", "sequence", "schema")


def check(review: Review) -> Iterator[Finding]:
    for run in review.runs:
        for grant in () if run.failed else run.each(ChangePrivileges):
            usage = grant.kind == "schema" and set(grant.privileges) == {"usage"}
            if grant.grant and grant.kind in _KINDS and "public" in grant.roles and not usage:
                what = ", ".join(grant.privileges).upper() or "ALL"
                on = f" on `{short(grant.relation)}`" if grant.relation else ""
                yield found(
                    __name__,
                    Severity.INFO if _is_new(run, grant) else SEVERITY,
                    run,
                    f"Gives {what}{on} to every role that can connect, now and later. Name the roles that need it instead.",
                )
                break


def _is_new(run: Run, grant: ChangePrivileges) -> bool:
    """Whether it is on a table of this change: nothing that was there is opened."""
    return grant.kind == "table" and bool(grant.relation) and not run.is_live(grant.relation)
