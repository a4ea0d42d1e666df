"""A setting of the server, the database or a role.

## What it does

Flags ALTER SYSTEM, ALTER DATABASE … SET, ALTER ROLE … SET, ALTER EXTENSION … UPDATE, and autovacuum switched off for
a live table.

## Why it matters

It is not part of the schema: it holds for every session and every application that connects from then on, is not in a
dump of the database, and no down migration knows what it was.

## Setup

```sql
CREATE TABLE users (id bigint PRIMARY KEY);
```

## Bad

```sql
ALTER TABLE users SET (autovacuum_enabled = false);
```

## Good

```sql
ALTER TABLE users SET (autovacuum_vacuum_scale_factor = 0.02);
```

## When it is fine

When this database belongs to this application alone, and the people who run it know.

## References

- [Setting parameters](https://www.postgresql.org/docs/current/config-setting.html)
- [Routine vacuuming](https://www.postgresql.org/docs/current/routine-vacuuming.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.model.findings import Finding, Severity
from checks.rules.actions import AlterTable
from checks.rules.findings import found
from checks.rules.objects import ChangeServer
from checks.rules.review import Review, Run
from checks.rules.wording import short

SEVERITY = Severity.WARNING
ABOUT = (AlterTable, ChangeServer)
_HOLDS = {
    "ALTER SYSTEM": "for every database of the server",
    "ALTER DATABASE": "for every session of the database from its next connection on",
    "ALTER ROLE": "for every session of the role from its next connection on",
    "ALTER EXTENSION": "for all that uses the extension, and there is no way back to the old version",
}
_OFF = ("false", "off", "no", "0")


def check(review: Review) -> Iterator[Finding]:
    for run in review.runs:
        for change in run.each(ChangeServer):
            yield found(
                __name__,
                SEVERITY if change.command != "ALTER EXTENSION" else Severity.INFO,
                run,
                f"{change.command} ({change.relation}) holds {_HOLDS[change.command]}. Let those who run the server set it, not a migration.",
            )
        for table in _without_autovacuum(run):
            yield found(
                __name__,
                SEVERITY,
                run,
                f"Without autovacuum `{short(table)}` grows with every UPDATE and DELETE, and its statistics become wrong. Make autovacuum "
                "more frequent instead of switching it off.",
            )


def _without_autovacuum(run: Run) -> Iterator[str]:
    for change in () if run.failed else run.each(AlterTable):
        for item in change.node.list.items if change.command == "SetRelOptions" else ():
            option = item.def_elem
            value = option.arg.string.sval or str(option.arg.integer.ival) if option.HasField("arg") else ""
            if option.defname == "autovacuum_enabled" and value in _OFF and run.is_live(change.relation):
                yield run.locate(change.relation)
