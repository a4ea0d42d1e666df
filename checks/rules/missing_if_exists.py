"""A statement that cannot be run twice.

## What it does

Notes CREATE TABLE and CREATE INDEX without IF NOT EXISTS that are run outside of a transaction.

## Why it matters

When a later statement of the migration fails, this one is not undone. The next attempt fails here, at what it has
made itself.

## Setup

```sql
CREATE TABLE users (id bigint PRIMARY KEY);
```

## Bad

```sql
-- migration 1, outside a transaction
CREATE TABLE orders (id bigint PRIMARY KEY);
CREATE TABLE items (id bigint PRIMARY KEY);
```

## Good

```sql
-- migration 1, outside a transaction
CREATE TABLE IF NOT EXISTS orders (id bigint PRIMARY KEY);
CREATE TABLE IF NOT EXISTS items (id bigint PRIMARY KEY);
```

## When it is fine

For the only statement of a migration (not flagged), and for CREATE INDEX CONCURRENTLY, where IF NOT EXISTS hides an
invalid index (not flagged).

## References

- [CREATE TABLE](https://www.postgresql.org/docs/current/sql-createtable.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.model.findings import Certainty, Finding, Severity
from checks.rules.actions import CreateIndex, CreateTable
from checks.rules.findings import found
from checks.rules.review import Review, Run

SEVERITY = Severity.INFO
ABOUT = (CreateIndex, CreateTable)
PRESET = "strict"


def check(review: Review) -> Iterator[Finding]:
    for run in review.runs:
        if _cannot_run_again(run) and run.observation.transaction is None and _is_followed(run):
            yield found(
                __name__,
                SEVERITY,
                run,
                "There is no transaction: when a later statement fails, the next attempt fails here. Write IF NOT EXISTS.",
                certainty=Certainty.STATIC,
            )


def _cannot_run_again(run: Run) -> bool:
    tables = any(not table.if_not_exists for table in run.each(CreateTable))
    return tables or any(
        not index.if_not_exists and not index.concurrently for index in run.each(CreateIndex)
    )


def _is_followed(run: Run) -> bool:
    return any(other.step is run.step and other.position > run.position for other in run.review.runs)
