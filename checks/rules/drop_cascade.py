"""CASCADE that takes more than the statement names.

## What it does

Flags DROP … CASCADE, and DROP COLUMN or DROP CONSTRAINT with CASCADE, when PostgreSQL said that it took other objects
that were there before the change.

## Why it matters

What goes with it is not written anywhere: a view of another team, a foreign key, a column of another table. In
production it may be more than here.

## Setup

```sql
CREATE TABLE users (id bigint PRIMARY KEY, email text);
CREATE VIEW emails AS SELECT email FROM users;
CREATE VIEW domains AS SELECT DISTINCT split_part(email, '@', 2) FROM emails;
```

## Bad

```sql
DROP VIEW emails CASCADE;
```

## Good

```sql
DROP VIEW domains;
DROP VIEW emails;
```

## When it is fine

When all that goes with it is meant to go: then name it, so that a reader sees it.

## References

- [Dependency tracking](https://www.postgresql.org/docs/current/ddl-depend.html)
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from checks.catalog import Key
from checks.model.findings import Finding, Severity
from checks.rules.findings import found
from checks.rules.objects_between import at_the_end, is_new_migration
from checks.rules.review import Review, Run
from checks.rules.topics import Topic
from checks.rules.wording import listed, short

SEVERITY = Severity.WARNING
ABOUT = (Topic.NOTICES,)
YIELDS_TO = ("drop-schema",)
_NOTICE = "NOTICE: drop cascades to "
_TOLD = (
    "table",
    "view",
    "materialized view",
    "foreign table",
    "function",
    "procedure",
    "sequence",
    "trigger",
    "constraint",
    "column",
    "domain",
    "enum",
)
"""The kinds of objects that have names which a reader knows."""


def check(review: Review) -> Iterator[Finding]:
    told = set()
    for run in review.runs:
        cascades = any(text.startswith(_NOTICE) for text in run.observation.notices)
        taken = _taken(run) if cascades and not run.failed else []
        if taken and run.step.id not in told:
            told.add(run.step.id)
            yield found(
                __name__,
                SEVERITY,
                run,
                f"CASCADE also drops what the statement does not name: {listed(taken)}. Drop it in statements of its own, so that "
                "a reader sees it and nothing else goes.",
            )


def _taken(run: Run) -> list[str]:
    """What was there before the change, is gone at its end, and is named in no statement of the migration."""
    if not is_new_migration(run):
        return []
    text = " ".join(other.observation.sql for other in run.review.runs if other.step is run.step)
    words = set(re.findall(r"\w+", text))
    return [
        short(name)
        for kind, name in run.review.base.objects
        if kind in _TOLD and _goes(run, (kind, name)) and not _told(run, kind, name, words)
    ]


def _goes(run: Run, key: Key) -> bool:
    """Whether the migration drops it for good; a column only when its table stays."""
    last = at_the_end(run.review)
    stays = key in run.step.after.objects or key in last.objects or key not in run.step.before.objects
    table = f"{run.review.base.fact(key, 'schema')}.{run.review.base.fact(key, 'table')}"
    return not stays and (key[0] != "column" or table in last.tables())


def _told(run: Run, kind: str, name: str, words: set[str]) -> bool:
    """Whether a statement names it, or it is a part of a table that one names."""
    base = run.review.base
    row, table = base.objects[kind, name], base.fact((kind, name), "table")
    own = base.fact((kind, name), "name") or name.partition("(")[0].rpartition(".")[2]
    if kind == "column":
        return {own, table} <= words
    parent = str(row.get("partition_of") or "").rpartition(".")[2]
    owned = kind == "sequence" and bool(row.get("owned_by"))
    return owned or not words.isdisjoint({own, table, parent})
