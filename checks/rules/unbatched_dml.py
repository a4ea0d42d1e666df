"""UPDATE, DELETE or INSERT … SELECT over most of a live table in one statement.

## What it does

Flags UPDATE and DELETE without a WHERE, or that touched at least half of the rows that the live table had here. Told of as
information: an INSERT … SELECT that copied as many; and an UPDATE that met fewer rows, where those were made up and its
WHERE names no value that chooses them.

## Why it matters

Every touched row stays locked until commit, the table grows by as many dead rows, replicas fall behind, and a failure at
the end undoes hours. While a transaction is open VACUUM cannot clean up behind anybody, which is all that an
INSERT … SELECT does. Batches of some thousand rows, each in a transaction of its own, do none of that. A DELETE cannot
be undone either.

## Setup

```sql
CREATE TABLE users (id bigint PRIMARY KEY, email text, active boolean);
INSERT INTO users SELECT n, 'user' || n, NULL FROM generate_series(1, 100) n;
```

## Bad

```sql
UPDATE users SET active = true WHERE active IS NULL;
```

## Good

```sql
UPDATE users SET active = true WHERE active IS NULL AND id BETWEEN 1 AND 20;
```

## When it is fine

On a small table.

## References

- [Routine vacuuming](https://www.postgresql.org/docs/current/routine-vacuuming.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.model.findings import Certainty, Finding, Severity
from checks.rules.actions import ChangeRows
from checks.rules.findings import found
from checks.rules.review import Review, Run
from checks.rules.statement_while_holding_access_exclusive import closed_before
from checks.rules.wording import short

SEVERITY = Severity.WARNING
ABOUT = (ChangeRows,)
SCALES = True
YIELDS_TO = ("backfill-with-ddl",)


def check(review: Review) -> Iterator[Finding]:
    yield from _copies(review)
    if review.settings.rows:
        yield from _met_few(review)
    for run in review.runs:
        for change in run.each(ChangeRows):
            if change.verb != "INSERT" and run.locate(change.relation) == run.changed_most_of:
                yield found(
                    __name__,
                    SEVERITY,
                    run,
                    _message(run, change),
                    certainty=Certainty.OBSERVED if run.observation.rows else Certainty.STATIC,
                    irreversible=change.verb == "DELETE",
                )
                break


def _copies(review: Review) -> Iterator[Finding]:
    for run in review.runs:
        filled = {run.locate(change.relation) for change in run.each(ChangeRows) if _copies_rows(change)}
        read = sorted(set(run.observation.scans) & run.live, key=lambda table: (table in filled, table))
        for table in read if filled else ():
            there, rows = run.step.rows_before.get(table, 0), run.observation.rows or 0
            if there and rows * 2 >= there:
                yield found(
                    __name__,
                    Severity.INFO,
                    run,
                    f"Reads all of `{short(table)}` ({there:,} rows here) and adds {rows:,} rows in one statement: its transaction "
                    "is open as long as that takes. It can be done in batches by key.",
                    certainty=Certainty.OBSERVED,
                )
                break


def _copies_rows(change: ChangeRows) -> bool:
    return change.verb == "INSERT" and not change.literal


def _met_few(review: Review) -> Iterator[Finding]:
    """Of rows that were made up nothing follows for those of production. What runs inside a DO block may be one of many batches."""
    for run in review.runs:
        met = run.observation.rows
        unknown = met is None or run.step.on_empty_tables
        for change in () if unknown or run.failed or run.changed_most_of else run.each(ChangeRows):
            table = run.locate(change.relation)
            there = run.step.rows_before.get(table, 0)
            if change.verb == "UPDATE" and not change.chosen and there and table in run.live:
                meanwhile = _meanwhile(run)
                yield found(
                    __name__,
                    SEVERITY if meanwhile else Severity.INFO,
                    run,
                    f"Met {met:,} of the {there:,} rows that were made up for `{short(table)}`. Its WHERE chooses "
                    f"none by value, so in production it may be most of them{meanwhile}: then do it in batches by key.",
                    certainty=Certainty.DERIVED,
                )
                break


def _meanwhile(run: Run) -> str:
    """What nobody can use as long as it takes."""
    for line, relation in closed_before(run):
        return f", while `{short(relation)}` is closed to reads and writes since line {line}"
    return ""


def _message(run: Run, change: ChangeRows) -> str:
    table = run.locate(change.relation)
    there, touched = run.step.rows_before.get(table, 0), run.observation.rows
    share = f" ({touched:,} of {there:,} rows here)" if touched and there else ""
    undo = " Deleted rows do not come back: keep a copy." if change.verb == "DELETE" else ""
    return (
        f"One {change.verb} over most of `{short(table)}`{share} keeps every row locked until commit. "
        f"Do it in batches by key, each in a transaction of its own.{undo}"
    )
