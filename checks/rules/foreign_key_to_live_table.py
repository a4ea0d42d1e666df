"""A foreign key that locks a live table which the statement does not seem to touch.

## What it does

Flags a foreign key, also one inside CREATE TABLE or with NOT VALID, that takes a SHARE ROW EXCLUSIVE lock on the
live table it refers to, and keeps it while other statements of the transaction run. A warning when those
statements take time, a note otherwise.

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
CREATE INDEX orders_user_idx ON orders (user_id);
```

## Good

```sql
-- migration 1
CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint);
CREATE INDEX orders_user_idx ON orders (user_id);
-- migration 2
ALTER TABLE orders ADD CONSTRAINT orders_user_fk FOREIGN KEY (user_id) REFERENCES users (id);
```

## When it is fine

When the statements behind it are as quick as itself.

## References

- [Table-level locks: SHARE ROW EXCLUSIVE](https://www.postgresql.org/docs/current/explicit-locking.html#LOCKING-TABLES)
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.model import Finding, LockMode, Severity
from checks.rules.actions import AddConstraint
from checks.rules.findings import found
from checks.rules.review import Review, Run
from checks.rules.wording import held, listed, short

SEVERITY = Severity.INFO
YIELDS_TO = ("foreign-key-without-not-valid",)


def check(review: Review) -> Iterator[Finding]:
    for run in review.runs:
        targets = _locked_targets(run)
        if not targets or not run.behind:
            continue
        lock = run.lock(targets[0])
        assert lock is not None
        slow = any(other.works_on_live_rows or other.observation.rows for other in run.behind)
        yield found(
            __name__,
            Severity.WARNING if slow else SEVERITY,
            run,
            f"The foreign key stops writes to {listed(map(short, targets))} (SHARE ROW EXCLUSIVE) {held(run, lock)}. "
            + (
                "The statements behind it take time: give it a transaction of its own."
                if slow
                else "Put it last, or in a transaction of its own."
            ),
        )


def _locked_targets(run: Run) -> list[str]:
    targets = [
        run.locate(key.references)
        for key in run.each(AddConstraint)
        if key.kind == "foreign key" and key.references
    ]
    return [name for name in dict.fromkeys(targets) if run.blocks(name, LockMode.SHARE_ROW_EXCLUSIVE)]
