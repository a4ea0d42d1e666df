"""What the rules about rewritten tables share."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from checks.rules.actions import AddColumn
from checks.rules.review import Review, Run
from checks.rules.schema import column_of
from checks.rules.wording import code, quoted, short


def rewriting_columns(review: Review, wanted: Callable[[AddColumn], bool]) -> Iterator[tuple[Run, AddColumn]]:
    """Statements that rewrote a live table, each with the first new column of the wanted sort."""
    for run in review.runs:
        for column in run.each(AddColumn):
            if not column.new_table and wanted(column) and run.rewrites(column.relation):
                yield run, column
                break


def rewritten(run: Run, table: str) -> str:
    """The cost, in one sentence."""
    lock = run.lock(table)
    behind = lock.statements_behind if lock is not None else 0
    more = f", and through {behind} more statement{'s' if behind > 1 else ''} until commit" if behind else ""
    return (
        f"rewrites `{short(table)}` and its indexes while its reads and writes wait (ACCESS EXCLUSIVE{more})"
    )


def add_bare_column(run: Run, column: AddColumn) -> str:
    table = run.locate(column.relation)
    known = column_of(run.step.after, table, column.column)
    type_name = known.type if known is not None else column.type
    return f"ALTER TABLE {quoted(short(table))} ADD COLUMN {quoted(column.column)} {type_name}"


def set_default(run: Run, column: AddColumn) -> str:
    table = quoted(short(run.locate(column.relation)))
    return f"ALTER TABLE {table} ALTER COLUMN {quoted(column.column)} SET DEFAULT {column.default}"


def in_two_steps(run: Run, column: AddColumn) -> str:
    return code(add_bare_column(run, column), set_default(run, column))
