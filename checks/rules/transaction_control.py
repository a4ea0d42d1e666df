"""COMMIT or ROLLBACK inside the transaction that the migration tool has opened.

## What it does

Flags COMMIT, END and ROLLBACK in a script that the tool runs in a transaction of its own, and a BEGIN that nothing
commits where the tool opens none.

## Why it matters

It ends the transaction of the tool. What follows is committed statement by statement, and a failure leaves half of
it; the tool may note the migration as done, or not done, outside of any transaction.

## Setup

```sql
CREATE TABLE users (id bigint PRIMARY KEY, email text);
```

## Bad

```sql
ALTER TABLE users ADD COLUMN name text;
COMMIT;
ALTER TABLE users ADD COLUMN age integer;
```

## Good

```sql
-- migration 1
ALTER TABLE users ADD COLUMN name text;
-- migration 2
ALTER TABLE users ADD COLUMN age integer;
```

## When it is fine

Never: tell the tool to open no transaction, and write BEGIN and COMMIT both.

## References

- [Transactions](https://www.postgresql.org/docs/current/tutorial-transactions.html)
- [COMMIT](https://www.postgresql.org/docs/current/sql-commit.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.model.findings import Finding, Severity
from checks.model.migrations import TransactionMode
from checks.rules.findings import found
from checks.rules.review import Review, Run, Step
from checks.rules.topics import Topic
from checks.rules.wording import OUTSIDE

SEVERITY = Severity.WARNING
ABOUT = (Topic.TRANSACTIONS,)
_OPENS = ("BEGIN", "START TRANSACTION")
_ENDS = ("COMMIT", "ROLLBACK")
_ITS_OWN = (TransactionMode.TRANSACTION, TransactionMode.ALL_PENDING)


def check(review: Review) -> Iterator[Finding]:
    for step in review.steps:
        runs = [run for run in review.runs if run.step is step]
        run = _ends_the_tools(step, runs) or _left_open(step, runs)
        if run is not None:
            yield found(
                __name__, SEVERITY if run.observation.kind in _ENDS else Severity.ERROR, run, _message(run)
            )


def _ends_the_tools(step: Step, runs: list[Run]) -> Run | None:
    script = step.migration.up
    if script is None or script.transaction not in _ITS_OWN:
        return None
    return next((run for run in runs if run.observation.kind in _ENDS and _ends_all(run)), None)


def _ends_all(run: Run) -> bool:
    """Not ROLLBACK TO a savepoint."""
    return " TO " not in f" {run.observation.sql.upper()} "


def _left_open(step: Step, runs: list[Run]) -> Run | None:
    """The BEGIN behind which nothing ends the transaction; its work is lost when the tool hangs up."""
    script = step.migration.up
    if script is None or script.transaction is not TransactionMode.AUTOCOMMIT or step.error is not None:
        return None
    opened: Run | None = None
    for run in runs:
        if run.observation.kind in _OPENS:
            opened = opened or run
        elif run.observation.kind in _ENDS and _ends_all(run):
            opened = None
    return opened


def _message(run: Run) -> str:
    kind = run.observation.kind
    if kind in _OPENS:
        return f"Nothing commits what this {kind} begins, so the whole of it is undone when the tool ends its session. End it with COMMIT."
    way = OUTSIDE.get(run.review.change.head.tool)
    advice = f"leave it out, or tell the tool to open none ({way})" if way else "leave it out"
    return f"{kind} ends the transaction that the tool has opened: what follows is not undone when it fails. Instead, {advice}."
