"""ALTER COLUMN … TYPE: whether it writes the table anew, and what it looks at again where it does not."""

from __future__ import annotations

from typing import Any

from checks.model.observations import LockMode
from checks.rules.actions import (
    ChangeType,
)
from checks.sql.parse import unwrap
from checks.static import rows, types
from checks.static.columns import next_place, perhaps
from checks.static.known import Fact
from checks.static.moment import Moment


def change_type(now: Moment, action: ChangeType) -> None:
    table = now.lock(action.relation, LockMode.ACCESS_EXCLUSIVE)
    key = ("column", f"{table}.{action.column}")
    row, fact = now.group(table).get(key, (None, None))
    new = types.type_name(action.node.type_name)
    if now.is_live(table):
        old = str(row["type"]) if row else None
        _rewrite_for_type(now, table, action, old, new)
    if row is not None and fact is not None:
        now.known.put(table, key, {**row, "type": new}, fact)
    else:
        now.known.put(table, *rows.column(table, action.column, next_place(now, table), new))


def _rewrite_for_type(now: Moment, table: str, action: ChangeType, old: str | None, new: str) -> None:
    writes = types.rewrites(old, new, now.settings.parameters)
    if action.using and not _is_plain_cast(action):
        writes = True
    if writes:
        now.facts.rewrites.append(table)
    elif writes is None and old is None:
        perhaps(
            now.facts,
            "rewrites",
            table,
            f"the type of `{action.column}` does not hold the same bytes already",
        )
    elif writes is False and (old != new or action.node.HasField("coll_clause")):
        _look_again(now, table, action)
    elif writes is None:
        what = (
            f"{old} and {new} differ in their bytes"
            if "." in new or "time" not in new
            else "TimeZone is not UTC"
        )
        perhaps(now.facts, "rewrites", table, what)


def _look_again(now: Moment, table: str, action: ChangeType) -> None:
    """What a change of the type costs that leaves the rows as they are: the checks of the column are verified
    anew, and an index is built anew when it does not sort as before (``ATPostAlterTypeParse``)."""
    other_order = action.node.HasField("coll_clause")
    for (kind, name), (row, fact) in now.group(table).items():
        if kind == "constraint" and row["kind"] == "check" and action.column in fact["columns"]:
            now.facts.scans.append(table)
        elif kind == "index" and action.column in fact["columns"] and (other_order or _is_special(fact)):
            now.facts.built.append(name)
            now.facts.scans.append(table)


def _is_special(index: Fact) -> bool:
    """Partial, or over an expression: ``CheckIndexCompatible`` takes none of these over."""
    return bool(index["predicate"]) or None in index["columns"]


def _is_plain_cast(action: ChangeType) -> bool:
    """``USING total::bigint``, which is what PostgreSQL does without USING."""
    expression: Any = unwrap(action.node.raw_default)
    if type(expression).__name__ == "TypeCast":
        expression = unwrap(expression.arg)
    fields: Any = getattr(expression, "fields", ())
    return type(expression).__name__ == "ColumnRef" and fields[-1].string.sval == action.column
