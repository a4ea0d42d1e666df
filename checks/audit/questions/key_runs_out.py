"""Is there a generated key that runs out at two billion, or sooner?

An ``integer`` key ends at 2,147,483,647, a ``smallint`` one at 32,767; then every INSERT fails. Changing the type of a
large key rewrites the table and all that refers to it, so it is cheapest now.
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.audit.model import AuditFinding
from checks.audit.subject import Subject, about_schema
from checks.catalog import Column
from checks.model.findings import Severity
from checks.rules.wording import short

_LAST = {"smallint": 2**15 - 1, "integer": 2**31 - 1}


def ask(subject: Subject) -> Iterator[AuditFinding]:
    for table in sorted(subject.own_tables):
        keys = {
            column
            for constraint in subject.catalog.constraints(table)
            if constraint.kind in ("primary key", "unique")
            for column in constraint.columns
        }
        for column in subject.catalog.columns(table):
            if column.name in keys and column.type in _LAST and _is_generated(column):
                yield _finding(table, column)


def _finding(table: str, column: Column) -> AuditFinding:
    return about_schema(
        __name__,
        Severity.ERROR if column.type == "smallint" else Severity.WARNING,
        f"{table}.{column.name}",
        f"`{column.name}` of `{short(table)}` is generated and {column.type}: after {_LAST[column.type]:,} every INSERT "
        "fails. How far it is, production knows: `SELECT max(…)`.",
    )


def _is_generated(column: Column) -> bool:
    return column.identity is not None or (column.default or "").startswith("nextval(")
