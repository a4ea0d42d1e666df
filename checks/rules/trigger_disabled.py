"""A trigger of a live table that is switched off.

## What it does

Flags DISABLE TRIGGER on a live table when the trigger is still off at the end of the transaction, and DISABLE RULE
likewise.

## Why it matters

What the trigger did for every row (an audit, a sum, a copy to another table) is not done for the rows that the
application writes meanwhile, and nobody is told. DISABLE TRIGGER ALL stops the checks of foreign keys too.

## Setup

```sql
CREATE TABLE users (id bigint PRIMARY KEY, email text);
CREATE TRIGGER users_same BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger();
```

## Bad

```sql
ALTER TABLE users DISABLE TRIGGER users_same;
```

## Good

```sql
ALTER TABLE users DISABLE TRIGGER users_same;
UPDATE users SET email = lower(email) WHERE id = 1;
ALTER TABLE users ENABLE TRIGGER users_same;
```

## When it is fine

When what the trigger does is not wanted any more: then drop it.

## References

- [ALTER TABLE: DISABLE TRIGGER](https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-DESC-DISABLE-ENABLE-TRIGGER)
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.model.findings import Finding, Severity
from checks.rules.actions import AlterTable
from checks.rules.findings import found
from checks.rules.review import Review, Run
from checks.rules.wording import code, quoted, short

SEVERITY = Severity.WARNING
ABOUT = (AlterTable,)
_WAYS_BACK = {
    "DisableTrig": ("EnableTrig", "EnableAlwaysTrig", "EnableReplicaTrig"),
    "DisableTrigAll": ("EnableTrigAll",),
    "DisableTrigUser": ("EnableTrigUser", "EnableTrigAll"),
    "DisableRule": ("EnableRule", "EnableAlwaysRule", "EnableReplicaRule"),
}


def check(review: Review) -> Iterator[Finding]:
    for run in review.runs:
        for off in run.each(AlterTable):
            if (
                off.command in _WAYS_BACK
                and run.is_live(off.relation)
                and not run.failed
                and not _back(run, off)
            ):
                yield found(__name__, SEVERITY, run, _message(run, off))
                break


def _back(run: Run, off: AlterTable) -> bool:
    """Whether it is on again before anybody else sees it off."""
    return any(
        on.command in _WAYS_BACK[off.command]
        and on.name == off.name
        and later.locate(on.relation) == run.locate(off.relation)
        for later in run.behind
        for on in later.each(AlterTable)
    )


def _message(run: Run, off: AlterTable) -> str:
    table = short(run.locate(off.relation))
    everything = {
        "DisableTrigAll": "All triggers, those of foreign keys too",
        "DisableTrigUser": "All triggers",
    }
    what = everything.get(off.command, f"`{off.name}`")
    kind = "RULE" if off.command == "DisableRule" else "TRIGGER"
    name = quoted(off.name) if off.name else "USER" if off.command == "DisableTrigUser" else "ALL"
    return (
        f"{what} of `{table}` will not run for what the application writes from now on. Switch it on again in the same "
        f"transaction: {code(f'ALTER TABLE {quoted(table)} ENABLE {kind} {name}')}"
    )
