"""A trigger of a live table that is dropped.

## What it does

Flags DROP TRIGGER of a trigger that was there before the change, unless the change makes one of the same name again,
or drops the table, or the
column or table that the trigger served.

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

import re
from collections.abc import Iterator

from checks.catalog import Key
from checks.model.findings import Finding, Severity
from checks.rules.findings import found
from checks.rules.objects import DropObject
from checks.rules.objects_between import at_the_end, gone
from checks.rules.review import Review, Run
from checks.rules.wording import short, table_part

SEVERITY = Severity.WARNING
ABOUT = (DropObject,)


def check(review: Review) -> Iterator[Finding]:
    for run in review.runs:
        for drop in () if run.failed else run.each(DropObject):
            table = run.locate(drop.relation.rpartition(".")[0])
            lost = gone(run, drop.kinds, drop.relation) if drop.kinds == ("trigger",) else []
            if (
                lost
                and table in at_the_end(review).relations()
                and not _served_what_goes(run, table, lost[0])
            ):
                name = drop.relation.rpartition(".")[2]
                yield found(
                    __name__,
                    SEVERITY,
                    run,
                    f"From now on nothing does what `{name}` did for each row of `{short(table)}`. Deploy code that does it, or that "
                    "does without it, first.",
                )
                break


def _served_what_goes(run: Run, table: str, trigger: Key) -> bool:
    """Whether the migration also drops a column of the table, or a table, that the trigger or its function names."""
    before, after = run.step.before, run.step.after
    left = {column.name for column in after.columns(table)}
    dropped = [column.name for column in before.columns(table) if column.name not in left]
    dropped += [table_part(name) for name in before.tables() - after.tables()]
    definition = str(before.objects[trigger]["definition"])
    bodies = [
        str(row["body"])
        for key, row in before.objects.items()
        if key[0] == "function" and f"{before.fact(key, 'name')}(" in definition
    ]
    return any(
        re.search(rf"\b{re.escape(name)}\b", text) for name in dropped for text in (definition, *bodies)
    )
