"""A new NOT NULL column without a default on a live table.

## What it does

Flags ADD COLUMN … NOT NULL without a DEFAULT on a table that was there before the change, and DROP DEFAULT of a NOT NULL
column that was there.

## Why it matters

It fails as soon as the table holds one row. On an empty table it works, and then the application that is still running
fails on its next INSERT, because it does not know the column. So does every INSERT that has relied on a DEFAULT which
is dropped.

## Setup

```sql
CREATE TABLE users (id bigint PRIMARY KEY);
INSERT INTO users VALUES (1);
```

## Bad

```sql
ALTER TABLE users ADD COLUMN active boolean NOT NULL;
```

## Good

```sql
ALTER TABLE users ADD COLUMN active boolean NOT NULL DEFAULT true;
```

## When it is fine

On a table that is empty and that no deployed code writes to.

## References

- [ALTER TABLE: ADD COLUMN](https://www.postgresql.org/docs/current/sql-altertable.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.model.findings import Certainty, Finding, Severity
from checks.rules.actions import AddColumn, AlterTable
from checks.rules.findings import found
from checks.rules.objects_between import at_the_end
from checks.rules.review import Review, Run
from checks.rules.schema import column_of
from checks.rules.wording import listed, short

SEVERITY = Severity.ERROR
ABOUT = (AddColumn, AlterTable)
_NOT_NULL_VIOLATION = "23502"


def check(review: Review) -> Iterator[Finding]:
    for run in review.runs:
        required = [column for column in run.each(AddColumn) if _is_required(run, column)]
        if not required:
            continue
        names, table = listed(column.column for column in required), run.locate(required[0].relation)
        error = run.observation.error
        if error is not None and error.sqlstate == _NOT_NULL_VIOLATION:
            yield found(
                __name__,
                SEVERITY,
                run,
                f"Fails as soon as `{short(table)}` holds a row: {error.message}. Give {names} a DEFAULT, or add it as nullable, "
                "fill it in batches, and set NOT NULL later.",
            )
        elif error is None and not run.step.rows_before.get(table):
            yield found(
                __name__,
                SEVERITY,
                run,
                f"Works here because `{short(table)}` is empty; with one row it fails. Give {names} a DEFAULT.",
                certainty=Certainty.DERIVED,
            )
    yield from _refuses_old_inserts(review)
    yield from _loses_its_default(review)


def _loses_its_default(review: Review) -> Iterator[Finding]:
    for run in review.runs:
        for change in () if run.failed else run.each(AlterTable):
            if change.command == "ColumnDefault" and _has_relied_on_it(
                run, run.locate(change.relation), change.name
            ):
                yield found(
                    __name__,
                    Severity.WARNING,
                    run,
                    f"`{change.name}` of `{short(run.locate(change.relation))}` is NOT NULL and has no DEFAULT any more: each INSERT "
                    "that leaves it out fails. Deploy code that gives a value first.",
                    certainty=Certainty.DERIVED,
                )


def _has_relied_on_it(run: Run, table: str, name: str) -> bool:
    if not run.column_is_live(table, name):
        return False
    was, now = column_of(run.step.before, table, name), column_of(run.step.after, table, name)
    gone = was is not None and was.default and now is not None and not now.default
    return bool(gone) and now is not None and now.not_null and not now.identity and not now.generated


def _refuses_old_inserts(review: Review) -> Iterator[Finding]:
    """Columns that are new, and in the end NOT NULL without a default: no code from before can name them."""
    for run in review.runs:
        columns = () if run.failed else run.each(AddColumn)
        unnamed = [column for column in columns if _is_unnamed(review, run, column)]
        if unnamed:
            ends = "end up" if len(unnamed) > 1 else "ends up"
            yield found(
                __name__,
                Severity.WARNING,
                run,
                f"{listed(column.column for column in unnamed)} of `{short(run.locate(unnamed[0].relation))}` {ends} NOT NULL "
                "without a DEFAULT: each INSERT of the code that runs now fails. Keep the DEFAULT until all code gives a value.",
                certainty=Certainty.DERIVED,
            )


def _is_unnamed(review: Review, run: Run, column: AddColumn) -> bool:
    table = run.locate(column.relation)
    now = column_of(at_the_end(review), table, column.column)
    filled = now is None or not now.not_null or now.default or now.identity or now.generated
    return not filled and run.is_live(table) and not column.new_table and not _is_required(run, column)


def _is_required(run: Run, column: AddColumn) -> bool:
    filled = column.has_default or column.serial or column.stored or column.virtual
    return column.not_null and not filled and not column.new_table and run.is_live(column.relation)
