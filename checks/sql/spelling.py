"""Parts of a syntax tree as SQL, in the spelling of PostgreSQL's own printer."""

from __future__ import annotations

from functools import cache
from typing import Any

from postgast import PgQueryError, deparse, pg_query_pb2, scan

_FREE_KEYWORDS = (pg_query_pb2.NO_KEYWORD, pg_query_pb2.UNRESERVED_KEYWORD)


def statement_text(node: Any) -> str:
    """A wrapped statement (``pg_query_pb2.Node``) as SQL; ``""`` when it cannot be printed."""
    tree = pg_query_pb2.ParseResult(stmts=[pg_query_pb2.RawStmt(stmt=node)])
    try:
        return str(deparse(tree))
    except PgQueryError:
        return ""


def expression_text(node: Any) -> str:
    select = pg_query_pb2.SelectStmt(
        target_list=[pg_query_pb2.Node(res_target=pg_query_pb2.ResTarget(val=node))],
        limit_option=pg_query_pb2.LIMIT_OPTION_DEFAULT,
        op=pg_query_pb2.SETOP_NONE,
    )
    return statement_text(pg_query_pb2.Node(select_stmt=select)).removeprefix("SELECT ")


def type_text(type_name: Any) -> str:
    """A ``TypeName`` as a column definition has it: the printer has it only behind an expression."""
    name = pg_query_pb2.Node(string=pg_query_pb2.String(sval="x"))
    cast = pg_query_pb2.TypeCast(
        arg=pg_query_pb2.Node(column_ref=pg_query_pb2.ColumnRef(fields=[name])), type_name=type_name
    )
    text = expression_text(pg_query_pb2.Node(type_cast=cast))
    return text.removeprefix("x::") if text.startswith("x::") else text[len("CAST(x AS ") : -1]


def quoted(name: str) -> str:
    """A dotted name as SQL takes it."""
    return ".".join(part if _plain(part) else '"' + part.replace('"', '""') + '"' for part in name.split("."))


def _plain(name: str) -> bool:
    return name.isascii() and name.isidentifier() and name == name.lower() and name not in _taken()


@cache
def _taken() -> frozenset[str]:
    """The key words of PostgreSQL's scanner that are no names without quotes."""
    words = (value.name.lower().removesuffix("_p") for value in pg_query_pb2.Token.DESCRIPTOR.values)
    return frozenset(word for word in words if scan(word).tokens[0].keyword_kind not in _FREE_KEYWORDS)
