"""Types as the catalogs spell them, and which changes of a column's type leave the rows as they are."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from checks.sql.parse import name_parts

_SPELLINGS = {
    "int2": "smallint",
    "int4": "integer",
    "int8": "bigint",
    "int": "integer",
    "float4": "real",
    "float8": "double precision",
    "bool": "boolean",
    "varchar": "character varying",
    "bpchar": "character",
    "varbit": "bit varying",
    "decimal": "numeric",
    "timestamptz": "timestamp with time zone",
    "timestamp": "timestamp without time zone",
    "timetz": "time with time zone",
    "time": "time without time zone",
    "serial2": "smallint",
    "smallserial": "smallint",
    "serial": "integer",
    "serial4": "integer",
    "bigserial": "bigint",
    "serial8": "bigint",
}
_UNCHANGED = frozenset(
    [
        ("character varying", "text"),
        ("text", "character varying"),
        ("citext", "text"),
        ("citext", "character varying"),
        ("xml", "text"),
        ("xml", "character varying"),
        ("cidr", "inet"),
        ("integer", "oid"),
        ("oid", "integer"),
    ]
)
"""Casts without a function (``pg_cast.castmethod = 'b'``), which write nothing."""
_GROWING = frozenset(
    {"character varying", "bit varying", "time without time zone", "time with time zone"}
    | {"timestamp without time zone", "timestamp with time zone"}
)
"""Types whose longer or more precise form holds the same bytes (``varchar_support`` and its kin)."""
_WRITTEN = frozenset(
    {"smallint", "integer", "bigint", "real", "double precision", "boolean", "date", "uuid", "json", "jsonb"}
    | {"bytea", "money", "interval", "character", "bit", "point", "macaddr", "tsvector", "serial"}
)
"""Nothing but the type itself has the same bytes as these; for ``integer``, ``oid`` that hardly any table has."""
Rewrite = bool | None
"""None: it depends on what the files do not say."""


def type_name(node: Any) -> str:
    """A ``TypeName`` as ``format_type`` spells it, with the length and the brackets of an array."""
    modifiers = tuple(one.a_const.ival.ival for one in node.typmods if one.HasField("a_const"))
    return _spelled(tuple(name_parts(node.names)), modifiers, len(node.array_bounds))


@lru_cache(maxsize=1024)
def _spelled(names: tuple[str, ...], typmods: tuple[int, ...], dimensions: int) -> str:
    parts = [part for part in names if part != "pg_catalog"]
    name = _SPELLINGS.get(parts[-1], parts[-1]) if len(parts) == 1 else ".".join(parts)
    modifiers = [str(one) for one in typmods]
    if name == "character" and modifiers == []:
        modifiers = ["1"]
    if modifiers and name != "interval":
        first, _, rest = name.partition(" with")
        name = f"{first}({','.join(modifiers)}){' with' if rest else ''}{rest}"
    return name + "[]" * dimensions


def rewrites(old: str | None, new: str, parameters: Mapping[str, str]) -> Rewrite:
    """Whether ALTER COLUMN … TYPE writes the table anew (``ATColumnChangeRequiresRewrite`` of PostgreSQL's
    ``tablecmds.c``). ``old`` is None when the files do not tell it."""
    if old is None:
        return True if _base(new)[0] in _WRITTEN else None
    if old == new:
        return False
    (was, before), (now, after) = _base(old), _base(new)
    if was == now:
        return not _holds(was, before, after)
    if (was, now) in _UNCHANGED:
        return bool(after)
    if {was, now} == {"timestamp without time zone", "timestamp with time zone"}:
        zone = parameters.get("TimeZone") or parameters.get("timezone")
        return None if zone is None else zone.upper() not in ("UTC", "GMT", "ETC/UTC")
    return None if "." in now or not _is_known(now) or not _is_known(was) else True


def _holds(name: str, before: tuple[int, ...], after: tuple[int, ...]) -> bool:
    if not after:
        return True
    if not before:
        return False
    if name == "numeric":
        return before[1:] == after[1:] and before[0] <= after[0]
    return name in _GROWING and before[0] <= after[0]


def _is_known(name: str) -> bool:
    return (
        name in _WRITTEN or name in _SPELLINGS.values() or name in ("text", "numeric", "inet", "cidr", "oid")
    )


def _base(spelled: str) -> tuple[str, tuple[int, ...]]:
    """``numeric(10,2)`` → ``numeric`` and 10, 2."""
    head, bracket, rest = spelled.partition("(")
    if not bracket:
        return spelled, ()
    inside, _, tail = rest.partition(")")
    return head + tail, tuple(int(part) for part in inside.split(",") if part.strip().isdigit())
