"""Parts of a syntax tree as SQL, for remedies with the author's names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from postgast import pg_query_pb2

from checks.sql.spelling import expression_text, quoted, statement_text

__all__ = ["constraint_definition", "expression_text", "index_online", "statement_text"]


def index_online(statement: Any) -> str:
    """A CREATE INDEX with CONCURRENTLY."""
    if _is_plain(statement):
        return _plain_index(statement)
    online = pg_query_pb2.IndexStmt()
    online.CopyFrom(statement)
    online.concurrent = True
    return statement_text(pg_query_pb2.Node(index_stmt=online)).replace(" USING btree", "", 1)


def _is_plain(statement: Any) -> bool:
    """Over columns and nothing else, as most are: written here, for the printer takes longer."""
    elements = [param.index_elem for param in statement.index_params]
    plain = all(
        element.name
        and not (element.collation or element.opclass)
        and element.ordering == pg_query_pb2.SORTBY_DEFAULT
        and element.nulls_ordering == pg_query_pb2.SORTBY_NULLS_DEFAULT
        for element in elements
    )
    more = statement.index_including_params or statement.options or statement.HasField("where_clause")
    other = statement.table_space or statement.nulls_not_distinct or statement.if_not_exists
    return plain and not (more or other) and statement.relation.inh and statement.access_method == "btree"


def _plain_index(statement: Any) -> str:
    table = ".".join(filter(None, (statement.relation.schemaname, statement.relation.relname)))
    names = ", ".join(quoted(param.index_elem.name) for param in statement.index_params)
    name = f" {quoted(statement.idxname)}" if statement.idxname else ""
    unique = "UNIQUE " if statement.unique else ""
    return f"CREATE {unique}INDEX CONCURRENTLY{name} ON {quoted(table)} ({names})"


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
