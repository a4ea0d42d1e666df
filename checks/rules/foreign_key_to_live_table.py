"""A foreign key that locks a live table which the statement does not seem to touch.

## What it does

Flags the first foreign key of a transaction, also one inside CREATE TABLE or with NOT VALID, that takes a SHARE ROW
EXCLUSIVE lock on the live table it refers to and keeps it while later statements scan, rewrite or fill live tables.

## Why it matters

Writes to the referenced table, often the busiest one, wait until the transaction commits. Nothing is scanned, so alone
it is quick; every other statement behind it prolongs the wait.

## Setup

```sql
CREATE TABLE users (id bigint PRIMARY KEY, email text);
INSERT INTO users SELECT n, 'user' || n FROM generate_series(1, 100) n;
```

## Bad

```sql
CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint REFERENCES users (id));
UPDATE users SET email = lower(email);
```

## Good

```sql
-- migration 1
CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint REFERENCES users (id));
-- migration 2
UPDATE users SET email = lower(email);
```

## When it is fine

When all tables concerned are small.

## References

- [Table-level locks: SHARE ROW EXCLUSIVE](https://www.postgresql.org/docs/current/explicit-locking.html#LOCKING-TABLES)
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.model.findings import Finding, Severity
from checks.model.observations import LockMode
from checks.rules.actions import AddConstraint
from checks.rules.findings import found
from checks.rules.review import Review, Run
from checks.rules.wording import listed, short

SEVERITY = Severity.WARNING
ABOUT = ("foreign key",)
YIELDS_TO = ("foreign-key-without-not-valid",)


def check(review: Review) -> Iterator[Finding]:
    told = set()
    for run in review.runs:
        targets = _locked_targets(run)
        slow = next((other for other in run.behind if other.is_slow), None) if targets else None
        transaction = run.step.id, run.observation.transaction
        if slow is not None and transaction not in told:
            told.add(transaction)
            yield found(
                __name__,
                SEVERITY,
                run,
                f"The foreign key stops writes to {listed(map(short, targets))} (SHARE ROW EXCLUSIVE) until commit, and line "
                f"{slow.observation.line} takes its time meanwhile. Put the foreign key into a migration of its own.",
            )


def _locked_targets(run: Run) -> list[str]:
    targets = [
        run.locate(key.references)
        for key in run.each(AddConstraint)
        if key.kind == "foreign key" and key.references
    ]
    return [name for name in dict.fromkeys(targets) if run.blocks(name, LockMode.SHARE_ROW_EXCLUSIVE)]
