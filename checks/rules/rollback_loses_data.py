"""A down migration that brings the schema back, but not the values.

## What it does

Compares the rows before up with those after up and down, and flags values that are not there any more. What a DROP,
TRUNCATE or DELETE of the same migration destroys is flagged there.

## Why it matters

Everything looks as before, until somebody opens an old record. A down that adds the dropped column again, empty, is the
usual case.

## Setup

```sql
CREATE TABLE users (id bigint PRIMARY KEY, name text);
INSERT INTO users SELECT n, 'Name ' || n FROM generate_series(1, 100) n;
```

## Bad

```sql
-- migrate:up
UPDATE users SET name = lower(name) WHERE id > 0;

-- migrate:down
UPDATE users SET name = initcap(name) WHERE id > 90;
```

## Good

```sql
-- migrate:up
ALTER TABLE users ADD COLUMN name_lower text;
UPDATE users SET name_lower = lower(name) WHERE id > 0;

-- migrate:down
ALTER TABLE users DROP COLUMN name_lower;
```

## When it is fine

When the old values are worth nothing.

## References

- [ALTER TABLE](https://www.postgresql.org/docs/current/sql-altertable.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.model.findings import Certainty, Finding, Severity
from checks.rules.findings import found_in_file
from checks.rules.losses import loss_words, untold_losses
from checks.rules.review import Review
from checks.rules.topics import Topic

SEVERITY = Severity.ERROR
ABOUT = (Topic.WAY_BACK,)
_SHOWN = 3


def check(review: Review) -> Iterator[Finding]:
    for step in review.steps:
        lost = untold_losses(review, step)
        if lost and step.migration.down is not None:
            more = f", and {len(lost) - _SHOWN} more" if len(lost) > _SHOWN else ""
            yield found_in_file(
                __name__,
                SEVERITY,
                step.migration.path,
                f"The down does not bring the data back: {'; '.join(map(loss_words, lost[:_SHOWN]))}{more}. Keep the old values "
                "until nobody needs the way back.",
                step=step,
                evidence=tuple(seen.id for seen in step.proof.down),
                certainty=Certainty.OBSERVED,
                irreversible=True,
            )
