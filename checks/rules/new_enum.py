"""A new enum type.

## What it does

Notes CREATE TYPE … AS ENUM.

## Why it matters

A value of an enum can be added, but neither removed nor put in another order. A table of values, or text with a
CHECK, can be changed like any other data.

## Setup

```sql
CREATE TABLE users (id bigint PRIMARY KEY);
```

## Bad

```sql
CREATE TYPE mood AS ENUM ('sad', 'happy');
```

## Good

```sql
CREATE TABLE moods (name text PRIMARY KEY);
```

## When it is fine

When the values never go away: the days of the week.

## References

- [Enumerated types](https://www.postgresql.org/docs/current/datatype-enum.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.model.findings import Certainty, Finding, Severity
from checks.rules.findings import found
from checks.rules.objects import CreateEnum
from checks.rules.review import Review

SEVERITY = Severity.INFO
ABOUT = (CreateEnum,)
PRESET = "strict"


def check(review: Review) -> Iterator[Finding]:
    for run in review.runs:
        for enum in run.each(CreateEnum):
            yield found(
                __name__,
                SEVERITY,
                run,
                f"Values of `{enum.relation}` can be added later, but not removed. Use a table of values if they may go.",
                certainty=Certainty.STATIC,
            )
