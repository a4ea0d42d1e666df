"""A live table that is written anew, or read from end to end, twice.

## What it does

Flags the second ALTER TABLE of a change that rewrites a live table, or reads it under an ACCESS EXCLUSIVE lock, where
one statement could do both.

## Why it matters

PostgreSQL does all commands of one ALTER TABLE in a single pass over the rows. Two statements close the table for two
passes.

## Setup

```sql
CREATE TABLE users (id integer PRIMARY KEY, account_id integer);
INSERT INTO users SELECT n, n FROM generate_series(1, 100) n;
```

## Bad

```sql
ALTER TABLE users ALTER COLUMN id TYPE bigint;
ALTER TABLE users ALTER COLUMN account_id TYPE bigint;
```

## Good

```sql
ALTER TABLE users ALTER COLUMN id TYPE bigint, ALTER COLUMN account_id TYPE bigint;
```

## When it is fine

When the second depends on the result of the first.

## References

- [ALTER TABLE: Notes](https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-NOTES)
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.model.findings import Finding, Severity
from checks.rules.actions import AddConstraint, ChangeType, SetNotNull
from checks.rules.findings import found
from checks.rules.review import Review, Run
from checks.rules.topics import Topic
from checks.rules.wording import short

SEVERITY = Severity.WARNING
ABOUT = (Topic.WORK,)
SCALES = True


def check(review: Review) -> Iterator[Finding]:
    first: dict[tuple[str, str], Run] = {}
    for run in review.runs:
        for table, pass_over in _passes(run):
            earlier = first.setdefault((table, pass_over), run)
            if earlier is not run:
                seen = earlier.observation
                place = (
                    f"line {seen.line}" if seen.path == run.observation.path else f"{seen.path}:{seen.line}"
                )
                yield found(
                    __name__,
                    SEVERITY,
                    run,
                    f"{pass_over} all of `{short(table)}` again, as {place} does, and closes it for a second time. Put both into one "
                    "ALTER TABLE: then it is one pass.",
                )
                break


def _passes(run: Run) -> Iterator[tuple[str, str]]:
    seen = run.observation
    if seen.kind != "ALTER TABLE" or run.failed:
        return
    for table in run.closes:
        if table in seen.rewrites:
            yield table, "Writes"
        elif table in seen.scans and _looks_at_rows(run):
            yield table, "Reads"


def _looks_at_rows(run: Run) -> bool:
    """Whether it reads for a reason that another command of the same ALTER TABLE can share.

    Not to attach a partition; and the build of an index, or the check of a foreign key, is a pass of its own even there.
    """
    checks = any(added.kind == "check" for added in run.each(AddConstraint))
    return checks or next(run.each(ChangeType, SetNotNull), None) is not None
