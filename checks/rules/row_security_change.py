"""Row-level security that shuts a live table, or opens it.

## What it does

Flags ENABLE ROW LEVEL SECURITY on a live table that has no policy at the end of the change, DROP POLICY of its last one, and DISABLE or NO FORCE
ROW LEVEL SECURITY on one that had it.

## Why it matters

Without a policy nobody but the owner sees or writes a row, and no query fails: they find nothing. With row security
off, every role that may read the table reads all rows.

## Setup

```sql
CREATE TABLE invoices (id bigint PRIMARY KEY, tenant text);
```

## Bad

```sql
ALTER TABLE invoices ENABLE ROW LEVEL SECURITY;
```

## Good

```sql
ALTER TABLE invoices ENABLE ROW LEVEL SECURITY;
CREATE POLICY invoices_of_tenant ON invoices USING (tenant = current_setting('app.tenant', true));
```

## When it is fine

When the application connects as the owner, or as a role with BYPASSRLS, and all others shall see nothing.

## References

- [Row security policies](https://www.postgresql.org/docs/current/ddl-rowsecurity.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.model.findings import Finding, Severity
from checks.rules.actions import AlterTable
from checks.rules.findings import found
from checks.rules.objects import DropObject
from checks.rules.objects_between import at_the_end, facts, gone, of_table
from checks.rules.review import Review, Run
from checks.rules.wording import short

SEVERITY = Severity.WARNING
ABOUT = (AlterTable, DropObject)
NO_POLICY = (
    "`{table}` has no policy, so all roles but its owner find no rows in it, and no query fails. Create the policies in the same "
    "transaction."
)


def check(review: Review) -> Iterator[Finding]:
    for run in review.runs:
        last = _last_policy(run)
        if last is not None:
            yield found(__name__, SEVERITY, run, NO_POLICY.format(table=short(last)))
        for change in () if run.failed else run.each(AlterTable):
            message = _message(run, change) if run.is_live(change.relation) else None
            if message is not None:
                yield found(__name__, SEVERITY, run, message)
                break


def _last_policy(run: Run) -> str | None:
    """The live table under row security that loses its last policy with this statement."""
    for drop in () if run.failed else run.each(DropObject):
        for key in gone(run, [kind for kind in drop.kinds if kind == "policy"], drop.relation):
            table = key[1].rpartition(".")[0]
            now = facts(at_the_end(run.review), "table", table)
            secured = now is not None and bool(now["row_security"])
            if secured and not list(of_table(at_the_end(run.review), "policy", table)):
                return table
    return None


def _message(run: Run, change: AlterTable) -> str | None:
    table = run.locate(change.relation)
    last = at_the_end(run.review)
    was, now = facts(run.review.base, "table", table), facts(last, "table", table)
    if was is None or now is None:
        return None
    if (
        change.command == "EnableRowSecurity"
        and now["row_security"]
        and not list(of_table(last, "policy", table))
    ):
        return NO_POLICY.format(table=short(table))
    if change.command == "DisableRowSecurity" and was["row_security"] and not now["row_security"]:
        return f"Every role that may read `{short(table)}` reads all of its rows from now on. Make sure that this is meant."
    if change.command == "NoForceRowSecurity" and was["force_row_security"] and not now["force_row_security"]:
        return f"The owner of `{short(table)}` sees all of its rows from now on. Make sure that the application does not connect as it."
    return None
