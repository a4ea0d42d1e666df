"""Attributes against columns."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation

from checks.ash.deviation import Aspect, Deviation
from checks.ash.expected import Made
from checks.ash.snapshot import ArrayOf, Attribute
from checks.ash.vocabulary import Kind
from checks.catalog import Catalog, Column
from checks.catalog.describe import clause

_NULL = re.compile(r"NULL(::.*)?", re.DOTALL)
_LITERAL = re.compile(r"'((?:[^']|'')*)'::[\w .()\[\]]+", re.DOTALL)
_SEQUENCE = "values of a sequence"
"""What the snapshot calls ``generated?``: by a default or as identity."""


def column_deviations(one: Made, catalog: Catalog) -> Iterator[Deviation]:
    real = {column.name: column for column in catalog.columns(one.wanted.table)}
    said = {column.name: column for column in catalog.columns(one.wanted.made)}
    for attribute in one.wanted.snapshot.attributes:
        there, expected = real.get(attribute.source), said.get(attribute.source)
        refusal = one.refused.get((Kind.ATTRIBUTE, attribute.source))
        if there is None:
            yield _of(one, attribute.source, Aspect.MISSING, shown(expected) if expected else refusal)
        elif expected is not None:
            yield from _properties(one, attribute, expected, there)
        elif refusal and refusal.startswith("type "):
            yield _of(one, attribute.source, Aspect.TYPE, _written(attribute), there.type)
    sources = {attribute.source for attribute in one.wanted.snapshot.attributes}
    for column in real.values():
        if column.name not in sources and not one.wanted.snapshot.has_statement_about(column.name):
            yield _of(one, column.name, Aspect.EXTRA, database=shown(column))


def _properties(one: Made, attribute: Attribute, said: Column, real: Column) -> Iterator[Deviation]:
    if said.type != real.type and not _both_integers(attribute, real):
        yield _of(one, attribute.source, Aspect.TYPE, said.type, real.type)
    if said.not_null != real.not_null:
        yield _of(one, attribute.source, Aspect.NULLABILITY, _nullability(said), _nullability(real))
    if attribute.source in one.without_default or (said.type != real.type and said.default and real.default):
        return  # the words of a default have the type in them
    if _value(_default(said)) != _value(_default(real)):
        yield _of(one, attribute.source, Aspect.DEFAULT, _default(said), _default(real))


def _both_integers(attribute: Attribute, real: Column) -> bool:
    """Of the first generations, which made ``bigserial`` of a generated integer; later ones made ``serial`` of it."""
    is_generated = attribute.generated and attribute.default == "nil"
    return attribute.type == "integer" and bool(is_generated) and real.type in ("integer", "bigint")


def _default(column: Column) -> str | None:
    if column.identity or (column.default or "").startswith("nextval("):
        return _SEQUENCE
    return None if column.default is None or _NULL.fullmatch(column.default) else column.default


def _value(default: str | None) -> object:
    """A number or text whether it was written as it is or as a literal of its type: ``100``, ``'100'::numeric``."""
    literal = _LITERAL.fullmatch(default or "")
    text = literal[1] if literal else default
    try:
        return Decimal(text or "")
    except InvalidOperation:
        return text


def _nullability(column: Column) -> str:
    return "not null" if column.not_null else "nullable"


def _written(attribute: Attribute) -> str:
    type, arrays = attribute.type, ""
    while isinstance(type, ArrayOf):
        type, arrays = type.item, f"{arrays}[]"
    return type + arrays


def shown(column: Column) -> str:
    """``text not null default 'x'``"""
    return clause(column).replace('"ash snapshots".', "")


def _of(
    one: Made, name: str, aspect: Aspect, snapshot: str | None = None, database: str | None = None
) -> Deviation:
    return Deviation(one.wanted.table, Kind.ATTRIBUTE, name, aspect, snapshot, database)
