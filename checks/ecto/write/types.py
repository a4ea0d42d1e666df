"""PostgreSQL's types → Ecto's names for them, with size and precision."""

from __future__ import annotations

import re
from typing import Any

from postgast import pg_query_pb2

from checks.ecto.objects import Options
from checks.ecto.write.equal import sql_of
from checks.elixir.values import Atom, Value

_NAMES = {
    "int": "integer",
    "varchar(255)": "string",
    "bytea": "binary",
    "jsonb": "map",
    "timestamp": "naive_datetime_usec",
    "timestamp(0)": "naive_datetime",
    "time": "time_usec",
    "time(0)": "time",
    "interval": "duration",
    "double precision": "float",
    "numeric": "decimal",
}
_SIZED = re.compile(r"varchar\((?P<size>\d+)\)")
_PRECISE = re.compile(r"numeric\((?P<precision>\d+), (?P<scale>\d+)\)")


def ecto_type(type_name: Any) -> tuple[Value, Options]:
    """A ``TypeName`` as the type of ``add`` and ``modify``, and the options that belong to it."""
    return _of_text(type_text(type_name))


def type_text(type_name: Any) -> str:
    cast = pg_query_pb2.TypeCast(
        arg=pg_query_pb2.Node(
            column_ref=pg_query_pb2.ColumnRef(
                fields=[pg_query_pb2.Node(string=pg_query_pb2.String(sval="x"))]
            )
        ),
        type_name=type_name,
    )
    select = pg_query_pb2.SelectStmt(
        target_list=[
            pg_query_pb2.Node(res_target=pg_query_pb2.ResTarget(val=pg_query_pb2.Node(type_cast=cast)))
        ],
        limit_option=pg_query_pb2.LIMIT_OPTION_DEFAULT,
        op=pg_query_pb2.SETOP_NONE,
    )
    text = sql_of(select_stmt=select).removeprefix("SELECT ")
    return text.removeprefix("x::") if text.startswith("x::") else text[len("CAST(x AS ") : -1]


def _of_text(text: str) -> tuple[Value, Options]:
    if text.endswith("[]"):
        inner, options = _of_text(text.removesuffix("[]"))
        return (Atom("array"), inner), options
    if sized := _SIZED.fullmatch(text):
        size = int(sized["size"])
        return Atom("string"), [] if size == 255 else [(Atom("size"), size)]
    if precise := _PRECISE.fullmatch(text):
        return Atom("decimal"), [(Atom(name), int(precise[name])) for name in ("precision", "scale")]
    return Atom(_NAMES.get(text, text)), []
