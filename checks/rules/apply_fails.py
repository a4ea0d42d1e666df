"""A statement that PostgreSQL refuses.

## What it does

Flags a statement that failed when the migration ran on the state of the base, for a reason that no other rule names.

## Why it matters

The deployment stops here: with a transaction around it nothing of the migration is left, without one half of it.

## Setup

```sql
CREATE TABLE users (id bigint PRIMARY KEY);
```

## Bad

```sql
ALTER TABLE user ADD COLUMN email text;
```

## Good

```sql
ALTER TABLE users ADD COLUMN email text;
```

## When it is fine

When production has what the base state lacks (a role, an extension, a table of another project): name it in the
configuration (`roles`, `extensions`, `prelude`), then it is there.

## References

- [PostgreSQL error codes](https://www.postgresql.org/docs/current/errcodes-appendix.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.model.findings import Finding, Severity
from checks.model.observations import SqlError
from checks.replay.lacks import what_the_base_lacks, what_the_sandbox_lacks
from checks.rules.findings import found
from checks.rules.review import Review, Run
from checks.rules.topics import Topic

SEVERITY = Severity.ERROR
ABOUT = (Topic.ERRORS,)
OF_ROWS = ("22", "23")
"""Classes data_exception and integrity_constraint_violation: not a number, a NULL (PostgreSQL docs, appendix A)."""
YIELDS_TO = (
    "column-type-narrowing",
    "concurrently-in-transaction",
    "constraint-fails-on-rows",
    "enum-value-in-same-transaction",
    "index-of-constraint-drop",
    "non-transactional-statement",
    "not-null-fails-on-rows",
    "required-column-without-default",
    "unique-fails-on-rows",
)


def check(review: Review) -> Iterator[Finding]:
    for run in review.runs:
        error = run.observation.error
        if error is not None and not run.step.stopped_by_own_check and not _says_nothing(review, error):
            hint = f" Hint: {error.hint}" if error.hint else ""
            detail = f" ({error.detail.rstrip('.')})" if error.detail else ""
            yield found(
                __name__,
                SEVERITY,
                run,
                f"{_how(run, error)}: {error.message}{detail} (SQLSTATE {error.sqlstate}).{hint}",
            )


def _how(run: Run, error: SqlError) -> str:
    """Whether the statement itself is wrong, or a value that it met."""
    met = error.sqlstate.startswith(OF_ROWS) and any(run.step.rows_before.get(name) for name in run.live)
    return "Fails on a value that today's schema allows" if met else "PostgreSQL refuses it"


def _says_nothing(review: Review, error: SqlError) -> bool:
    """Whether it may well work in production, which the report then says (unproven)."""
    lacks_base = not review.is_whole and what_the_base_lacks(error) is not None
    return lacks_base or what_the_sandbox_lacks(error) is not None
