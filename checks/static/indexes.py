"""CREATE INDEX, and what is known of an index."""

from __future__ import annotations

from typing import Any

from postgast import pg_query_pb2 as pg

from checks.model.observations import LockMode
from checks.rules.actions import (
    CreateIndex,
)
from checks.sql.parse import name_parts
from checks.static import rows
from checks.static.moment import Moment


def create_index(now: Moment, action: CreateIndex) -> None:
    table = now.lock(
        action.relation, LockMode.SHARE_UPDATE_EXCLUSIVE if action.concurrently else LockMode.SHARE
    )
    schema, last = rows.parts(table)
    name = action.name or _default_index_name(last, action)
    if action.if_not_exists and ("index", f"{schema}.{name}") in now.group(table):
        return
    now.facts.built.append(f"{schema}.{name}")
    if now.is_live(table):
        now.facts.scans.append(table)
        if action.unique:
            now.wait_open(f"no two rows of `{last}` break `{name}`")
    stmt = action.node
    if stmt is not None:
        now.known.put(table, *_index_row(table, name, stmt))


def _index_row(table: str, name: str, stmt: Any) -> Any:
    elements = [param.index_elem for param in stmt.index_params]
    return rows.index(
        table,
        name,
        [element.name or None for element in elements],
        includes=[param.index_elem.name for param in stmt.index_including_params],
        unique=stmt.unique,
        method=stmt.access_method or "btree",
        predicate="WHERE" if stmt.HasField("where_clause") else None,
        key=", ".join(map(_key_part, elements)),
    )


def _key_part(element: Any) -> str:
    if not element.name:
        return "expression"
    words = [element.name, *name_parts(element.collation), *name_parts(element.opclass)]
    if element.ordering == pg.SORTBY_DESC:
        words.append("DESC")
    if element.nulls_ordering not in (pg.SORTBY_NULLS_DEFAULT, 0):
        words.append(pg.SortByNulls.Name(element.nulls_ordering))
    return " ".join(words)


def _default_index_name(table: str, action: CreateIndex) -> str:
    names = [param.index_elem.name or "expr" for param in action.node.index_params] if action.node else []
    return "_".join([table, *names, "idx"])[:63]


def columns_of_index(now: Moment, table: str, name: str) -> tuple[str, ...]:
    for (kind, full), (_, fact) in now.group(table).items():
        if kind == "index" and rows.parts(full)[1] == name:
            return tuple(column for column in fact["columns"] if column)
    return ()
