"""A view, function, sequence or extension that is dropped.

## What it does

Flags DROP of an object that was there before the change and is not there at its end: views, materialized views,
functions, procedures, sequences, foreign tables and extensions.

## Why it matters

Code that is still deployed fails on its next query that names it. No down migration is needed to see that: it fails
at once.

## Setup

```sql
CREATE TABLE users (id bigint PRIMARY KEY, email text);
CREATE VIEW emails AS SELECT email FROM users;
```

## Bad

```sql
DROP VIEW emails;
```

## Good

```sql
DROP VIEW emails;
CREATE VIEW emails AS SELECT email, id FROM users;
```

## When it is fine

One release after the last code that names it. Trigger functions are not flagged, as nobody calls them, nor are types:
they can go only when no column has them any more.

## References

- [DROP VIEW](https://www.postgresql.org/docs/current/sql-dropview.html)
- [DROP FUNCTION](https://www.postgresql.org/docs/current/sql-dropfunction.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.catalog import Key
from checks.model.findings import Finding, Severity
from checks.rules.findings import found
from checks.rules.objects import DropObject
from checks.rules.objects_between import at_the_end, goes_with, gone, live_objects
from checks.rules.review import Review, Run
from checks.rules.wording import listed, short

SEVERITY = Severity.WARNING
ABOUT = (DropObject,)
YIELDS_TO = ("drop-trigger", "drop-cascade")
_KINDS = frozenset(
    [
        "view",
        "materialized view",
        "foreign table",
        "function",
        "procedure",
        "aggregate",
        "sequence",
        "extension",
    ]
)

_VIEWS = ("view", "materialized view")


def check(review: Review) -> Iterator[Finding]:
    for run in review.runs:
        lost = list(
            dict.fromkeys(
                key for drop in run.each(DropObject) for key in gone(run, drop.kinds, drop.relation)
            )
        )
        called = [key for key in lost if key[0] in _KINDS and _is_called(run, key)]
        if not called:
            yield from _columns_gone(run)
        if called and not run.failed:
            yield found(
                __name__,
                SEVERITY,
                run,
                f"Drops {listed(f'{kind} {short(name)}' for kind, name in called)}; code that still names it fails. Deploy code that does "
                "without it first.",
            )


def _columns_gone(run: Run) -> Iterator[Finding]:
    """A view that is made again in the same change, without columns that it had."""
    for drop in () if run.failed else run.each(DropObject):
        for key in live_objects(run, [kind for kind in drop.kinds if kind in _VIEWS], drop.relation):
            now = {column.name for column in at_the_end(run.review).columns(key[1])}
            lost = [column.name for column in run.review.base.columns(key[1]) if column.name not in now]
            if now and lost:
                yield found(
                    __name__,
                    SEVERITY,
                    run,
                    f"Makes {key[0]} `{short(key[1])}` again without {listed(lost)}; code that still names it fails. Deploy code that "
                    "does without it first.",
                )


def _is_called(run: Run, key: Key) -> bool:
    """Whether a query can name it: not a trigger function, nor what only another dropped object needs."""
    row = run.step.before.objects[key]
    return row.get("returns") not in ("trigger", "event_trigger") and not goes_with(run, key)
