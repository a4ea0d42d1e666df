"""Queries and changes of rows, settings of the session, and code that is called."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from google.protobuf.message import Message

from checks.model.observations import LockMode
from checks.rules.syntax_objects import range_name
from checks.sql.parse import find
from checks.static import rows
from checks.static.moment import Moment


def change_rows(now: Moment, stmt: Any) -> None:
    table = now.lock(range_name(stmt.relation), LockMode.ROW_EXCLUSIVE)
    name = type(stmt).__name__
    if name != "InsertStmt" and now.is_live(table):
        now.facts.scans.append(table)
        if name == "MergeStmt" or stmt.HasField("where_clause"):
            now.wait_open(f"it changes few rows of `{rows.parts(table)[1]}` or most of them")
    read_relations(now, stmt)


def read_relations(now: Moment, tree: Message, mode: LockMode = LockMode.ACCESS_SHARE) -> None:
    """Lock the relations that a query names; which of the names are those of WITH does not matter for that."""
    ranges: Iterator[Any] = find(tree, "RangeVar")
    names = {range_name(one) for one in ranges}
    expressions: Iterator[Any] = find(tree, "CommonTableExpr")
    for name in sorted(names - {one.ctename for one in expressions}):
        full = now.known.resolve(name)
        if now.known.get(full) is not None:
            now.facts.lock(full, mode)


def copy_rows(now: Moment, stmt: Any) -> None:
    if stmt.HasField("relation"):
        now.lock(range_name(stmt.relation), LockMode.ROW_EXCLUSIVE if stmt.is_from else LockMode.ACCESS_SHARE)


def search_path(now: Moment, stmt: Any) -> None:
    if stmt.name == "search_path" and stmt.args:
        first = stmt.args[0].a_const.sval.sval
        if first and not first.startswith("$") and "," not in first:
            now.known.schema = first
    if stmt.is_local and not now.in_transaction:
        now.facts.notices.append("WARNING: SET LOCAL can only be used in transaction blocks")
