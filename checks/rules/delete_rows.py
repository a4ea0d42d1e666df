"""DELETE of rows of a live table.

## What it does

Flags DELETE from a table that was there before the change.

## Why it matters

The rows are gone, and a down migration can bring back only what it writes out itself. With ON DELETE CASCADE rows of
other tables go with them.

## Setup

```sql
CREATE TABLE users (id bigint PRIMARY KEY, kind text);
INSERT INTO users SELECT n, CASE WHEN n < 10 THEN 'test' ELSE 'real' END FROM generate_series(1, 100) n;
```

## Bad

```sql
DELETE FROM users WHERE kind = 'test';
```

## Good

```sql
ALTER TABLE users ADD COLUMN deleted_at timestamptz;
UPDATE users SET deleted_at = now() WHERE kind = 'test';
```

## When it is fine

For rows that nobody will want back, or that the down migration inserts again.

## References

- [DELETE](https://www.postgresql.org/docs/current/sql-delete.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.model.findings import Certainty, Finding, Severity
from checks.rules.actions import ChangeRows
from checks.rules.findings import found
from checks.rules.review import Review, Run
from checks.rules.wording import code, quoted, short, table_part

SEVERITY = Severity.WARNING
ABOUT = (ChangeRows,)
YIELDS_TO = ("unbatched-dml",)


def check(review: Review) -> Iterator[Finding]:
    for run in review.runs:
        for change in run.each(ChangeRows):
            if change.verb == "DELETE" and run.is_live(change.relation) and not run.failed:
                yield found(
                    __name__,
                    SEVERITY,
                    run,
                    _message(run, run.locate(change.relation)),
                    certainty=Certainty.OBSERVED if run.observation.rows else Certainty.STATIC,
                    irreversible=True,
                )
                break


def _message(run: Run, table: str) -> str:
    rows = run.observation.rows
    backup = quoted(f"{table_part(table)}_deleted"[:63])
    copy = code(f"CREATE TABLE {backup} AS SELECT * FROM {quoted(short(table))} WHERE …")
    return (
        f"Deletes rows of `{short(table)}`{f' ({rows:,} here)' if rows else ''}; no down brings them back. "
        f"If anybody may want them, keep a copy first: {copy}"
    )
