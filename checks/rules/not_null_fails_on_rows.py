"""A column made NOT NULL although rows may hold NULL.

## What it does

Flags SET NOT NULL, and the other ways to make an existing column NOT NULL, when it failed on rows that today's schema
allows.

## Why it matters

One NULL in production stops the deployment at this statement.

## Setup

```sql
CREATE TABLE users (id bigint PRIMARY KEY, email text);
INSERT INTO users VALUES (1, 'a@example.com'), (2, NULL);
```

## Bad

```sql
ALTER TABLE users ALTER COLUMN email SET NOT NULL;
```

## Good

```sql
UPDATE users SET email = '' WHERE email IS NULL;
ALTER TABLE users ALTER COLUMN email SET NOT NULL;
```

## When it is fine

When you know that production holds no NULL there and no code writes one.

## References

- [Not-null constraints](https://www.postgresql.org/docs/current/ddl-constraints.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.model.findings import Finding, Severity
from checks.rules.actions import AddColumn, ChangeRows
from checks.rules.findings import found
from checks.rules.review import Review, Run
from checks.rules.topics import Topic
from checks.rules.wording import code, quoted, short

SEVERITY = Severity.ERROR
ABOUT = (Topic.ERRORS,)
YIELDS_TO = ("required-column-without-default",)
_NOT_NULL_VIOLATION = "23502"


def check(review: Review) -> Iterator[Finding]:
    for run in review.runs:
        error = run.observation.error
        if (
            error is not None
            and error.sqlstate == _NOT_NULL_VIOLATION
            and not next(run.each(ChangeRows), None)
        ):
            yield found(
                __name__,
                SEVERITY,
                run,
                f"Fails on rows that today's schema allows: {error.message}. {_remedy(run)}",
            )


def _remedy(run: Run) -> str:
    for change in run.actions:
        column = getattr(change, "column", None)
        if column is not None and not isinstance(change, AddColumn):
            table, name = quoted(short(run.locate(change.relation))), quoted(column)
            return f"Fill them first: {code(f'UPDATE {table} SET {name} = … WHERE {name} IS NULL')}"
    return "Fill the NULLs first."
