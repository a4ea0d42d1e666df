"""Parts of a syntax tree as SQL, for remedies with the author's names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from postgast import pg_query_pb2

from checks.sql.spelling import expression_text, statement_text

__all__ = ["constraint_definition", "expression_text", "index_online", "statement_text"]


def index_online(statement: Any) -> str:
    """A CREATE INDEX with CONCURRENTLY."""
    online = pg_query_pb2.IndexStmt()
    online.CopyFrom(statement)
    online.concurrent = True
    return statement_text(pg_query_pb2.Node(index_stmt=online)).replace(" USING btree", "", 1)


def constraint_definition(kind: str, constraint: Any, columns: Sequence[str]) -> str:
    """The constraint as ``ALTER TABLE … ADD`` takes it."""
    bare = pg_query_pb2.Constraint()
    bare.CopyFrom(constraint)
    bare.conname = ""
    bare.skip_validation = False
    if kind == "foreign key" and not bare.fk_attrs:
        bare.fk_attrs.extend(_names(columns))
    elif kind in ("unique", "primary key") and not bare.keys and not bare.indexname:
        bare.keys.extend(_names(columns))
    alter = pg_query_pb2.AlterTableStmt(
        relation=pg_query_pb2.RangeVar(relname="t", inh=True, relpersistence="p"),
        objtype=pg_query_pb2.OBJECT_TABLE,
        cmds=[_command(bare)],
    )
    return statement_text(pg_query_pb2.Node(alter_table_stmt=alter)).removeprefix("ALTER TABLE t ADD ")


def _command(constraint: Any) -> Any:
    command = pg_query_pb2.AlterTableCmd(
        subtype=pg_query_pb2.AT_AddConstraint, behavior=pg_query_pb2.DROP_RESTRICT
    )
    getattr(command, "def").constraint.CopyFrom(constraint)
    return pg_query_pb2.Node(alter_table_cmd=command)


def _names(columns: Sequence[str]) -> list[Any]:
    return [pg_query_pb2.Node(string=pg_query_pb2.String(sval=column)) for column in columns]
