"""A trigger of a live table that is dropped.

## What it does

Flags DROP TRIGGER of a trigger that was there before the change, unless the change makes one of the same name again,
or drops the table.

## Why it matters

What it did for every row is not done any more: an audit has gaps, a copy in another table is out of date, a column is
not filled. No statement fails, so nobody notices.

## Setup

```sql
CREATE TABLE users (id bigint PRIMARY KEY, email text);
CREATE TRIGGER users_same BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger();
```

## Bad

```sql
DROP TRIGGER users_same ON users;
```

## Good

```sql
DROP TRIGGER users_same ON users;
CREATE TRIGGER users_same BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger();
```

## When it is fine

When the deployed application does by itself what the trigger did, or nobody needs it.

## References

- [DROP TRIGGER](https://www.postgresql.org/docs/current/sql-droptrigger.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.model import Finding, Severity
from checks.rules.findings import found
from checks.rules.objects import DropObject
from checks.rules.objects_between import at_the_end, gone
from checks.rules.review import Review
from checks.rules.wording import short

SEVERITY = Severity.WARNING


def check(review: Review) -> Iterator[Finding]:
    for run in review.runs:
        for drop in () if run.failed else run.each(DropObject):
            table = drop.relation.rpartition(".")[0]
            remains = run.locate(table) in at_the_end(review).relations()
            if drop.kinds == ("trigger",) and remains and gone(run, drop.kinds, drop.relation):
                name = drop.relation.rpartition(".")[2]
                yield found(
                    __name__,
                    SEVERITY,
                    run,
                    f"From now on nothing does what `{name}` did for each row of `{short(run.locate(table))}`. Deploy code that does "
                    "it, or that does without it, first.",
                )
                break
