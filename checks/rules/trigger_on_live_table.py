"""A new trigger on a live table.

## What it does

Notes CREATE TRIGGER on a table that was there before the change, unless it replaces one of the same name.

## Why it matters

It stops writes for an instant (SHARE ROW EXCLUSIVE), and from then on runs for every row that the application writes,
which code that was tested without it does not expect.

## Setup

```sql
CREATE TABLE users (id bigint PRIMARY KEY, email text);
```

## Bad

```sql
CREATE TRIGGER users_same BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger();
```

## Good

```sql
CREATE FUNCTION same() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
```

## When it is fine

When what it does is quick and the application knows of it.

## References

- [CREATE TRIGGER](https://www.postgresql.org/docs/current/sql-createtrigger.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.model.findings import Finding, Severity
from checks.rules.findings import found
from checks.rules.objects import CreateTrigger
from checks.rules.objects_between import is_new_migration, of_table
from checks.rules.review import Review, Run
from checks.rules.wording import short

SEVERITY = Severity.INFO
ABOUT = (CreateTrigger,)
PRESET = "strict"


def check(review: Review) -> Iterator[Finding]:
    for run in review.runs:
        for trigger in () if run.failed or not is_new_migration(run) else run.each(CreateTrigger):
            if run.is_live(trigger.relation) and not _was_there(run, trigger):
                yield found(
                    __name__,
                    SEVERITY,
                    run,
                    f"`{trigger.name}` runs for every row that is written to `{short(run.locate(trigger.relation))}` from now on.",
                )


def _was_there(run: Run, trigger: CreateTrigger) -> bool:
    return trigger.name in of_table(run.review.base, "trigger", run.locate(trigger.relation))
