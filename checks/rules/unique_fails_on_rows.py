"""A unique index or constraint over columns in which rows may repeat.

## What it does

Flags CREATE UNIQUE INDEX, ADD UNIQUE and ADD PRIMARY KEY that failed on rows which today's schema allows.

## Why it matters

One duplicate in production stops the deployment. Built CONCURRENTLY, the failure also leaves an invalid index behind.

## Setup

```sql
CREATE TABLE users (id bigint PRIMARY KEY, email text);
INSERT INTO users VALUES (1, 'a@example.com'), (2, 'a@example.com');
```

## Bad

```sql
CREATE UNIQUE INDEX users_email_key ON users (email);
```

## Good

```sql
DELETE FROM users a USING users b WHERE a.email = b.email AND a.id > b.id;
CREATE UNIQUE INDEX users_email_key ON users (email);
```

## When it is fine

When you know that production holds no duplicates and no code writes one.

## References

- [Unique indexes](https://www.postgresql.org/docs/current/indexes-unique.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.model.findings import Finding, Severity
from checks.rules.actions import AddConstraint, ChangeRows, CreateIndex
from checks.rules.findings import found
from checks.rules.review import Review, Run
from checks.rules.topics import Topic
from checks.rules.wording import code, columns, quoted, short

SEVERITY = Severity.ERROR
ABOUT = (Topic.ERRORS,)
_UNIQUE_VIOLATION = "23505"


def check(review: Review) -> Iterator[Finding]:
    for run in review.runs:
        error = run.observation.error
        if error is not None and error.sqlstate == _UNIQUE_VIOLATION and not next(run.each(ChangeRows), None):
            detail = f" ({error.detail.rstrip('.')})" if error.detail else ""
            yield found(
                __name__,
                SEVERITY,
                run,
                f"Fails on rows that today's schema allows: {error.message}{detail}. {_remedy(run)}",
            )


def _remedy(run: Run) -> str:
    for constraint in run.each(AddConstraint):
        if constraint.kind in ("unique", "primary key") and constraint.columns:
            return _look(run, constraint.relation, constraint.columns)
    for index in run.each(CreateIndex):
        if index.unique and index.columns:
            return _look(run, index.relation, index.columns)
    return "Find and remove the duplicates first."


def _look(run: Run, table: str, names: tuple[str, ...]) -> str:
    keys = columns(names)
    query = (
        f"SELECT {keys}, count(*) FROM {quoted(short(run.locate(table)))} GROUP BY {keys} HAVING count(*) > 1"
    )
    return f"Look for duplicates in production and remove them first: {code(query)}"
