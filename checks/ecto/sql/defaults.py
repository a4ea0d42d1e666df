"""Defaults as SQL: strings, numbers, arrays, maps, fragments."""

from __future__ import annotations

import json

from checks.ecto.sql.names import literal, text_of
from checks.ecto.sql.types import MAP_TYPE, database_type
from checks.elixir.show import as_text, float_text, inspect
from checks.elixir.stops import DynamicError, RaisedError
from checks.elixir.values import Atom, Bits, Map, Value, atom_name, is_atom, is_integer, is_number, term_order

FRAGMENT = Atom("fragment")
"""``fragment("now()")`` is ``{:fragment, "now()"}``."""
_ORDERED = 32
"""Erlang keeps the keys of a map in order up to this size."""


def default(value: Value, type: Value, map_type: str = MAP_TYPE) -> str:
    """What stands behind DEFAULT. Raises RaisedError for what Ecto refuses."""
    if value is None:
        return "NULL"
    return _default(value, type, map_type)


def _default(value: Value, type: Value, map_type: str) -> str:
    if isinstance(value, list) and isinstance(type, tuple) and len(type) == 2 and type[0] == Atom("array"):
        items = ",".join(_default(item, type[1], map_type) for item in value)
        return f"ARRAY[{items}]::{database_type(type, map_type)}"
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, Bits):
        return f"b'{value.value:0{value.size}b}'"
    if is_number(value) or isinstance(value, bool):
        return as_text(value) or ""
    if isinstance(value, Map) and type == Atom("map"):
        return literal(_json(value))
    if isinstance(value, tuple) and len(value) == 2 and value[0] == FRAGMENT:
        return text_of(value[1])
    message = (
        f"unknown default `{inspect(value)}` for type `{inspect(type)}`. :default may be a string, number, boolean, "
        "list of strings, list of integers, map (when type is Map), or a fragment(...)"
    )
    raise RaisedError("ArgumentError", message)


def _text(value: str) -> str:
    if "\0" in value:
        encoded = value.encode().hex()
        message = (
            "default values are interpolated as UTF-8 strings and cannot contain null bytes. "
            f'`{inspect(value)}` is invalid. If you want to write it as a binary, use "\\x{encoded}", '
            "otherwise refer to PostgreSQL documentation for instructions on how to escape this SQL type"
        )
        raise RaisedError("ArgumentError", message)
    return literal(value)


def _json(value: Value) -> str:
    """As Jason writes it: keys in the order of Erlang's maps, no blanks."""
    if isinstance(value, Map):
        if len(value.pairs) > _ORDERED:
            raise DynamicError(f"the order of a map with more than {_ORDERED} keys", 0)
        pairs = sorted(value.pairs.items(), key=lambda pair: term_order(pair[0]))
        return "{" + ",".join(f"{_string(_key(key))}:{_json(inner)}" for key, inner in pairs) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_json, value)) + "]"
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return float_text(value)
    if is_integer(value):
        return str(value)
    if isinstance(value, (str, Atom)):
        return _string(_key(value))
    raise DynamicError(f"{inspect(value)[:60]} in a map that is a default", 0)


def _key(key: Value) -> str:
    text = atom_name(key) if is_atom(key) else as_text(key)
    if text is None:
        raise DynamicError(f"{inspect(key)[:60]} as a key of a map that is a default", 0)
    return text


def _string(text: str) -> str:
    return (
        json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007F")
        if "\x7f" in text
        else json.dumps(text, ensure_ascii=False)
    )
