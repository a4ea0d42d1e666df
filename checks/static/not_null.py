"""What proves that a column is never NULL, so that PostgreSQL need not look (docs, ALTER TABLE, SET NOT NULL)."""

from __future__ import annotations

from typing import Any

from postgast import pg_query_pb2 as pg

from checks.sql.parse import unwrap
from checks.static.moment import Moment


def not_null_is_proven(now: Moment, table: str, column: str) -> bool | None:
    """Whether a valid CHECK says that the column is never NULL; None when there is one whose text nobody knows."""
    found: bool | None = False
    for (kind, _), (row, fact) in now.group(table).items():
        if kind != "constraint" or not row["valid"]:
            continue
        if row["kind"] == "unknown":
            found = None
        elif (
            row["kind"] == "check"
            and fact["node"] is not None
            and _says_not_null(fact["node"].raw_expr, column)
        ):
            return True
    return found


def _says_not_null(expression: Any, column: str) -> bool:
    node: Any = unwrap(expression)
    if type(node).__name__ == "NullTest":
        fields = node.arg.column_ref.fields
        return node.nulltesttype == pg.IS_NOT_NULL and bool(fields) and fields[-1].string.sval == column
    if type(node).__name__ == "BoolExpr" and node.boolop == pg.AND_EXPR:
        return any(_says_not_null(part, column) for part in node.args)
    return False


def cannot_be_null(now: Moment, table: str, column: str) -> bool | None:
    """By its own NOT NULL or by a CHECK; None when the files do not tell of the column."""
    declared, proven = _is_not_null(now, table, column), not_null_is_proven(now, table, column)
    return True if declared or proven else declared


def _is_not_null(now: Moment, table: str, column: str) -> bool | None:
    """None for a column that no file tells of."""
    row, _ = now.group(table).get(("column", f"{table}.{column}"), (None, None))
    return None if row is None else bool(row["not_null"])
