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

from checks.model import Certainty, DataLoss, Finding, Severity
from checks.rules.actions import ChangeType, DropColumn, DropTable, Truncate
from checks.rules.findings import found_in_file
from checks.rules.review import Review, Step
from checks.rules.wording import short

SEVERITY = Severity.ERROR
_SHOWN = 3


def check(review: Review) -> Iterator[Finding]:
    for step in review.steps:
        lost = [loss for loss in step.proof.data_lost if not _told_elsewhere(review, step, loss)]
        if lost and not step.proof.drafted:
            yield found_in_file(
                __name__,
                SEVERITY,
                step.migration.path,
                f"The down does not bring the data back: {'; '.join(map(_words, lost[:_SHOWN]))}"
                f"{f', and {len(lost) - _SHOWN} more' if len(lost) > _SHOWN else ''}. Keep the old values until nobody needs the "
                "way back.",
                step=step,
                evidence=tuple(seen.id for seen in step.proof.down),
                certainty=Certainty.OBSERVED,
                irreversible=True,
            )


def _words(loss: DataLoss) -> str:
    if loss.column is None:
        return f"{loss.rows:,} rows of `{short(loss.relation)}`"
    return f"{loss.rows:,} values of `{short(loss.relation)}.{loss.column}`"


def _told_elsewhere(review: Review, step: Step, loss: DataLoss) -> bool:
    """Whether a statement of the up already has a finding that says so."""
    for run in review.runs:
        if run.step is not step:
            continue
        for action in run.actions:
            if run.locate(action.relation) != loss.relation:
                continue
            if isinstance(action, DropTable | Truncate) or getattr(action, "verb", "") == "DELETE":
                return True
            if isinstance(action, ChangeType | DropColumn) and action.column == loss.column:
                return True
    return False
