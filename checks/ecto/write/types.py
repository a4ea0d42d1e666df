"""PostgreSQL's types → Ecto's names for them, with size and precision."""

from __future__ import annotations

import re
from typing import Any

from checks.ecto.objects import Options
from checks.elixir.values import Atom, Value
from checks.sql.spelling import type_text

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
