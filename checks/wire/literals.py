"""Parameters of a prepared statement, written into its text."""

from __future__ import annotations

from collections.abc import Sequence

from postgast import PgQueryError, scan
from postgast import pg_query_pb2 as pg
from psycopg import adapters, sql
from psycopg.adapt import Transformer
from psycopg.pq import Format

from checks.wire.fields import Bind

_NEED_NO_CAST = frozenset({0, 25, 705, 1043})
"""Not named, text, unknown, varchar: a literal is one of these already."""
_JSON = {114: 0, 3802: 1}
"""``json`` and ``jsonb`` are text in the binary format, too, the latter behind a version (``jsonb_send``)."""


class LiteralError(ValueError):
    """A parameter cannot be written as a literal."""


def with_values(query: str, bound: Bind, types: Sequence[int]) -> str:
    """The query with ``$1`` … replaced. Raises LiteralError."""
    if not bound.values:
        return query
    literals = [
        _literal(value, types[place] if place < len(types) else 0, bound.binary[place])
        for place, value in enumerate(bound.values)
    ]
    try:
        tokens = scan(query).tokens
    except PgQueryError as error:
        raise LiteralError("its text cannot be read") from error
    source, end = query.encode(), 0
    parts: list[bytes] = []
    for token in tokens:
        if token.token == pg.PARAM:
            number = int(source[token.start + 1 : token.end])
            if number > len(literals):
                raise LiteralError(f"${number} has no value")
            parts += [source[end : token.start], literals[number - 1].encode()]
            end = token.end
    return b"".join([*parts, source[end:]]).decode()


def has_parameters(query: str) -> bool:
    """Whether there is a ``$1`` in it; what cannot be read may have one."""
    try:
        return any(token.token == pg.PARAM for token in scan(query).tokens)
    except PgQueryError:
        return True


def _literal(value: bytes | None, oid: int, binary: bool) -> str:
    if value is None:
        return "NULL"
    if binary:
        return _decoded(value, oid)
    text = sql.Literal(value.decode(errors="replace")).as_string(None)
    return f"{text}{_cast(oid)}"


def _decoded(value: bytes, oid: int) -> str:
    if oid in _JSON:
        return _literal(value[_JSON[oid] :], oid, binary=False)
    try:
        loaded = Transformer().get_loader(oid, Format.BINARY).load(value)
        literal = sql.Literal(loaded).as_string(None)
    except Exception as error:  # each loader raises its own
        raise LiteralError(f"a value of the type {_name(oid) or oid} cannot be read") from error
    return literal if "::" in literal else f"{literal}{_cast(oid)}"


def _cast(oid: int) -> str:
    return "" if oid in _NEED_NO_CAST or not _name(oid) else f"::{_name(oid)}"


def _name(oid: int) -> str:
    known = adapters.types.get(oid)
    if known is None:
        return ""
    return f"{known.name}[]" if known.array_oid == oid else known.name
