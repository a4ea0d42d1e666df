"""The type that a column probably has: from its name first, then from what PostgreSQL says does not fit."""

from __future__ import annotations

import re

_BY_NAME = (
    (re.compile(r"^id$|_id$"), "bigint"),
    (re.compile(r"uuid|guid"), "uuid"),
    (re.compile(r"_at$|_time$|timestamp"), "timestamptz"),
    (re.compile(r"_on$|date"), "date"),
    (re.compile(r"^(?:is|has|can|should)_|_enabled$|_flag$|^(?:active|enabled|deleted|visible|verified|archived|published|locked)$"), "boolean"),
    (re.compile(r"price|amount|total|cost|balance|rate$"), "numeric"),
    (re.compile(r"count|quantity|position|number|size|version|year|age$|priority|attempts|score"), "integer"),
    (re.compile(r"^(?:data|meta|metadata|payload|settings|options|properties|attributes|config|params)$|_json$"), "jsonb"),
)  # fmt: skip
_OTHERS = (
    "text",
    "bigint",
    "timestamptz",
    "boolean",
    "numeric",
    "jsonb",
    "uuid",
    "text[]",
    "date",
    "tsvector",
)
"""Tried one after the other when the message names none."""
_BEFORE = {
    "bigint": "integer",
    "integer": "smallint",
    "numeric": "integer",
    "double precision": "real",
    "text": "character varying(255)",
    "character varying": "character varying(50)",
    "timestamp with time zone": "timestamp",
    "timestamp without time zone": "timestamptz",
    "jsonb": "json",
    "uuid": "text",
}
"""The type that a column usually has before it is given this one."""
_SPELLED = {
    "int8": "bigint", "int4": "integer", "int2": "smallint", "bool": "boolean", "float8": "double precision",
    "varchar": "character varying", "timestamptz": "timestamp with time zone", "timestamp": "timestamp without time zone",
}  # fmt: skip
"""How the parser writes the names of built-in types → how ``format_type`` does."""
_NAMES = (
    "timestamp with time zone", "timestamp without time zone", "double precision", "character varying", "bigint",
    "integer", "smallint", "numeric", "real", "boolean", "text[]", "text", "jsonb", "json", "uuid", "date",
    "interval", "bytea", "inet", "tsvector",
)  # fmt: skip


def by_name(column: str) -> str:
    """``created_at`` is a timestamptz, ``user_id`` a bigint; text when the name says nothing."""
    return next((type_name for name, type_name in _BY_NAME if name.search(column.lower())), "text")


def before(type_name: str) -> str:
    """What a column has before ALTER COLUMN … TYPE ``type_name``, named as the parser does (``int8``)."""
    return _BEFORE.get(_SPELLED.get(type_name, type_name), "text")


def named_in(message: str) -> list[str]:
    """The types that a message of PostgreSQL names, in its order."""
    found = [
        (message.find(name), name)
        for name in _NAMES
        if re.search(rf"(?<!\w){re.escape(name)}(?![\w\[])", message)
    ]
    names: list[str] = []
    for _, name in sorted(found):
        if not any(name != other and name in other for other in names):
            names.append(name)
    return names


def candidates(message: str) -> list[str]:
    """Types worth trying where one does not fit, the likeliest first."""
    if "->" in message or "jsonb" in message or "#>" in message:
        return list(dict.fromkeys(["jsonb", *named_in(message), *_OTHERS]))
    if "invalid input syntax" in message:
        return list(dict.fromkeys(["text", *_OTHERS]))
    if "interval" in message:
        return list(dict.fromkeys(["timestamptz", *named_in(message), *_OTHERS]))
    if "access method" in message:
        return ["jsonb", "tsvector", "text[]"]
    return list(dict.fromkeys([*reversed(named_in(message)), *_OTHERS]))
