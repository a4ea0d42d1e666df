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
from checks.model import Finding, Severity
from checks.rules.findings import found
from checks.rules.objects import DropObject
from checks.rules.objects_between import goes_with, gone
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


def check(review: Review) -> Iterator[Finding]:
    for run in review.runs:
        lost = list(
            dict.fromkeys(
                key for drop in run.each(DropObject) for key in gone(run, drop.kinds, drop.relation)
            )
        )
        called = [key for key in lost if key[0] in _KINDS and _is_called(run, key)]
        if called and not run.failed:
            yield found(
                __name__,
                SEVERITY,
                run,
                f"Drops {listed(f'{kind} {short(name)}' for kind, name in called)}; code that still names it fails. Deploy code that does "
                "without it first.",
            )


def _is_called(run: Run, key: Key) -> bool:
    """Whether a query can name it: not a trigger function, nor what only another dropped object needs."""
    row = run.step.before.objects[key]
    return row.get("returns") not in ("trigger", "event_trigger") and not goes_with(run, key)
