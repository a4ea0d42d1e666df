"""A foreign key that deletes rows by itself.

## What it does

Notes a new foreign key with ON DELETE CASCADE.

## Why it matters

One DELETE may take rows of many tables with it, which no statement names. How many is seen only when it has happened.

## Setup

```sql
CREATE TABLE users (id bigint PRIMARY KEY);
```

## Bad

```sql
CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint REFERENCES users (id) ON DELETE CASCADE);
```

## Good

```sql
CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint REFERENCES users (id) ON DELETE RESTRICT);
```

## When it is fine

For rows that are a part of the one that they refer to.

## References

- [Foreign keys](https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-FK)
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.model.findings import Certainty, Finding, Severity
from checks.rules.actions import AddConstraint
from checks.rules.findings import found
from checks.rules.review import Review
from checks.rules.wording import short

SEVERITY = Severity.INFO
ABOUT = ("foreign key",)
PRESET = "strict"
_CASCADE = "c"
"""FKCONSTR_ACTION_CASCADE of PostgreSQL's ``parsenodes.h``."""


def check(review: Review) -> Iterator[Finding]:
    for run in review.runs:
        for key in run.each(AddConstraint):
            if (
                key.kind == "foreign key"
                and key.node is not None
                and key.node.fk_del_action == _CASCADE
                and key.references
            ):
                yield found(
                    __name__,
                    SEVERITY,
                    run,
                    f"A DELETE in `{short(run.locate(key.references))}` takes rows of `{short(run.locate(key.relation))}` with it.",
                    certainty=Certainty.STATIC,
                )
                break
