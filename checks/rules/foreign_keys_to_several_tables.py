"""One transaction whose foreign keys lock several live tables.

## What it does

Notes a transaction that adds foreign keys to more than one live table.

## Why it matters

Each stops writes to the table it refers to (SHARE ROW EXCLUSIVE) until commit. A session that writes the same tables
in another order makes a deadlock, which ends one of the two.

## Setup

```sql
CREATE TABLE users (id bigint PRIMARY KEY);
CREATE TABLE products (id bigint PRIMARY KEY);
```

## Bad

```sql
CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint REFERENCES users (id), product_id bigint REFERENCES products (id));
```

## Good

```sql
-- migration 1
CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint REFERENCES users (id), product_id bigint);
-- migration 2
ALTER TABLE orders ADD FOREIGN KEY (product_id) REFERENCES products (id);
```

## When it is fine

With a short `lock_timeout` and a retry.

## References

- [Deadlocks](https://www.postgresql.org/docs/current/explicit-locking.html#LOCKING-DEADLOCKS)
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.model.findings import Finding, Severity
from checks.model.observations import LockMode
from checks.rules.actions import AddConstraint
from checks.rules.findings import found
from checks.rules.review import Review, Run
from checks.rules.wording import listed, short

SEVERITY = Severity.INFO
ABOUT = ("foreign key",)
PRESET = "strict"


def check(review: Review) -> Iterator[Finding]:
    for transaction in review.transactions:
        locked: list[str] = []
        for run in transaction:
            new = [table for table in _referenced(run) if table not in locked]
            if new and len(locked) < 2 <= len(locked) + len(new):
                yield found(
                    __name__,
                    SEVERITY,
                    run,
                    f"The foreign keys of this transaction stop writes to {listed(map(short, (*locked, *new)))} until commit. One table a "
                    "transaction cannot end in a deadlock.",
                )
            locked += new


def _referenced(run: Run) -> list[str]:
    keys = [
        run.locate(key.references)
        for key in run.each(AddConstraint)
        if key.kind == "foreign key" and key.references
    ]
    return [name for name in dict.fromkeys(keys) if run.blocks(name, LockMode.SHARE_ROW_EXCLUSIVE)]
