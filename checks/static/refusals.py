"""Statements that PostgreSQL refuses whatever the schema and the rows are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from postgast import pg_query_pb2 as pg

from checks.sql.parse import find
from checks.static.moment import Moment

_ACTIVE_TRANSACTION = "25001"
_NEW_ENUM_VALUE = "55P04"


def refuse(now: Moment, node: Any) -> None:
    """``PreventInTransactionBlock`` of ``src/backend/access/transam/xact.c``, and who calls it."""
    if not (now.in_transaction or now.inside):
        return
    command = next(_outside_only(node), None)
    if command is not None:
        why = "cannot be executed from a function" if now.inside else "cannot run inside a transaction block"
        now.facts.refuse(_ACTIVE_TRANSACTION, f"{command} {why}")


def refuse_new_value(now: Moment, node: Any, values: dict[str, str]) -> None:
    """``values``: value → enum, added in this transaction (PostgreSQL docs, ALTER TYPE, Notes)."""
    constants: Iterator[Any] = find(node, "A_Const")
    for value in (constant.sval.sval for constant in constants if constant.HasField("sval")):
        if value in values:
            text = f'unsafe use of new value "{value}" of enum type {values[value]}'
            hint = "New enum values must be committed before they can be used."
            now.facts.refuse(_NEW_ENUM_VALUE, text, hint)


def _outside_only(node: Any) -> Iterator[str]:
    name = type(node).__name__
    if name in _ALWAYS:
        yield _ALWAYS[name]
    elif name == "IndexStmt" and node.concurrent:
        yield "CREATE INDEX CONCURRENTLY"
    elif name == "DropStmt" and node.concurrent:
        yield "DROP INDEX CONCURRENTLY"
    elif name == "ReindexStmt":
        yield from _reindex(node)
    elif name == "VacuumStmt" and node.is_vacuumcmd:
        yield "VACUUM"
    elif name == "ClusterStmt" and not node.HasField("relation"):
        yield "CLUSTER"
    elif name == "AlterTableStmt":
        for command in node.cmds:
            if getattr(command.alter_table_cmd, "def").partition_cmd.concurrent:
                yield "ALTER TABLE ... DETACH CONCURRENTLY"


_ALWAYS = {
    "AlterSystemStmt": "ALTER SYSTEM",
    "CreatedbStmt": "CREATE DATABASE",
    "DropdbStmt": "DROP DATABASE",
    "CreateTableSpaceStmt": "CREATE TABLESPACE",
    "DropTableSpaceStmt": "DROP TABLESPACE",
}
_WHOLE = {
    pg.REINDEX_OBJECT_SCHEMA: "REINDEX SCHEMA",
    pg.REINDEX_OBJECT_SYSTEM: "REINDEX SYSTEM",
    pg.REINDEX_OBJECT_DATABASE: "REINDEX DATABASE",
}


def _reindex(node: Any) -> Iterator[str]:
    if node.kind in _WHOLE:
        yield _WHOLE[node.kind]
    elif any(param.def_elem.defname == "concurrently" for param in node.params):
        yield "REINDEX CONCURRENTLY"
