"""A new column of type json.

## What it does

Notes a new column of type `json` instead of `jsonb`.

## Why it matters

`json` keeps the text and has no equality: SELECT DISTINCT, GROUP BY and UNION over the column fail, it cannot be indexed
as a whole, and every access parses it again.

## Setup

```sql
CREATE TABLE users (id bigint PRIMARY KEY);
```

## Bad

```sql
ALTER TABLE users ADD COLUMN settings json;
```

## Good

```sql
ALTER TABLE users ADD COLUMN settings jsonb;
```

## When it is fine

When the exact text, its key order and its repeated keys have to be kept.

## References

- [JSON types](https://www.postgresql.org/docs/current/datatype-json.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.model.findings import Certainty, Finding, Severity
from checks.rules.actions import AddColumn
from checks.rules.findings import found
from checks.rules.review import Review, Run
from checks.rules.schema import column_of
from checks.rules.wording import listed

SEVERITY = Severity.INFO
ABOUT = (AddColumn,)
PRESET = "strict"


def check(review: Review) -> Iterator[Finding]:
    for run in review.runs:
        names = [column.column for column in run.each(AddColumn) if _is_json(run, column)]
        if names:
            yield found(
                __name__,
                SEVERITY,
                run,
                f"{listed(names)}: json has no equality, so DISTINCT, GROUP BY and UNION over it fail. Use jsonb.",
                certainty=Certainty.DERIVED,
            )


def _is_json(run: Run, added: AddColumn) -> bool:
    column = column_of(run.step.after, run.locate(added.relation), added.column)
    return column is not None and column.type == "json"
