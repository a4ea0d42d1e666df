"""INSERT that does not name its columns.

## What it does

Notes INSERT without a list of columns into a table that was there before the change.

## Why it matters

It gives the values in the order that the columns happen to have. A column that is added later, or another order on a
database that was made in another way, makes it fail or puts values in the wrong places.

## Setup

```sql
CREATE TABLE countries (code text PRIMARY KEY, name text);
```

## Bad

```sql
INSERT INTO countries VALUES ('ch', 'Switzerland');
```

## Good

```sql
INSERT INTO countries (code, name) VALUES ('ch', 'Switzerland');
```

## When it is fine

When the table is made in the same change (not flagged).

## References

- [INSERT](https://www.postgresql.org/docs/current/sql-insert.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.model.findings import Certainty, Finding, Severity
from checks.rules.actions import ChangeRows
from checks.rules.findings import found
from checks.rules.review import Review
from checks.rules.wording import short

SEVERITY = Severity.INFO
ABOUT = (ChangeRows,)
PRESET = "strict"


def check(review: Review) -> Iterator[Finding]:
    for run in review.runs:
        for insert in run.each(ChangeRows):
            if insert.verb == "INSERT" and not insert.named and run.is_live(insert.relation):
                table = short(run.locate(insert.relation))
                yield found(
                    __name__,
                    SEVERITY,
                    run,
                    f"Depends on the order of the columns of `{table}`. Name the columns that it fills.",
                    certainty=Certainty.STATIC,
                )
                break
