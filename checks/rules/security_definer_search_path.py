"""A SECURITY DEFINER function without a search_path of its own.

## What it does

Flags CREATE FUNCTION … SECURITY DEFINER when the function has no `SET search_path` at the end of the change.

## Why it matters

The function runs with the rights of its owner, and looks for what it names in the search_path of the caller. Whoever
can make an object in a schema of that path has their code run with those rights.

## Setup

```sql
CREATE TABLE accounts (id bigint PRIMARY KEY, balance numeric);
```

## Bad

```sql
CREATE FUNCTION total() RETURNS numeric LANGUAGE sql SECURITY DEFINER AS 'SELECT sum(balance) FROM accounts';
```

## Good

```sql
CREATE FUNCTION total() RETURNS numeric LANGUAGE sql SECURITY DEFINER SET search_path = '' AS 'SELECT sum(balance) FROM public.accounts';
```

## When it is fine

When all names in the body have their schema and no untrusted role can log in. A trigger function is flagged too:
whoever writes the table calls it.

## References

- [Writing SECURITY DEFINER functions safely](https://www.postgresql.org/docs/current/sql-createfunction.html#SQL-CREATEFUNCTION-SECURITY)
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.model.findings import Finding, Severity
from checks.rules.findings import found
from checks.rules.objects import CreateFunction
from checks.rules.objects_between import at_the_end, is_new_migration
from checks.rules.review import Review, Run
from checks.rules.wording import short

SEVERITY = Severity.WARNING
ABOUT = (CreateFunction,)


def check(review: Review) -> Iterator[Finding]:
    for run in review.runs:
        for function in () if run.failed or not is_new_migration(run) else run.each(CreateFunction):
            name = _open_function(run, function)
            if name is not None:
                yield found(
                    __name__,
                    SEVERITY,
                    run,
                    f"`{short(name)}` runs with the rights of its owner and finds what it names through the search_path of whoever calls it. Add "
                    "`SET search_path = ''` and write all names with their schema.",
                )
                break


def _open_function(run: Run, function: CreateFunction) -> str | None:
    """Its name in the catalog, if it is as open at the end of the change as it is written, and was not before."""
    if not function.security_definer:
        return None
    for (kind, full), row in at_the_end(run.review).objects.items():
        bare = full.partition("(")[0]
        same = kind in ("function", "procedure") and function.relation in (bare, bare.partition(".")[2])
        if (
            same
            and row["security_definer"]
            and "search_path" not in str(row["settings"] or "")
            and not _was_open(run, kind, full)
        ):
            return full
    return None


def _was_open(run: Run, kind: str, full: str) -> bool:
    """Whether it is an old function with a new body, which this change does not open."""
    old = run.review.base.objects.get((kind, full))
    return (
        old is not None and bool(old["security_definer"]) and "search_path" not in str(old["settings"] or "")
    )
