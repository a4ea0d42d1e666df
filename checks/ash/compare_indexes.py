"""Identities and indexes of the resource."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from checks.ash.deviation import Aspect, Deviation
from checks.ash.expected import Made
from checks.ash.indexes import identity_name, index_name
from checks.ash.vocabulary import Kind
from checks.catalog import Catalog, Index

_REPEATED = re.compile(r"([\w\"]+)(?:, |(?=\)))")
_PLACE = re.compile(r"^CREATE (UNIQUE )?INDEX .*? ON .*? USING ", re.DOTALL)


def index_deviations(one: Made, catalog: Catalog) -> Iterator[Deviation]:
    real, said = (_by_name(catalog, table) for table in (one.wanted.table, one.wanted.made))
    left = dict(real)
    for (kind, name), reason in one.refused.items():
        if kind in (Kind.INDEX, Kind.IDENTITY) and left.pop(name[:63], None) is None:
            yield Deviation(one.wanted.table, kind, name, Aspect.MISSING, one.told(reason))
    for name, expected in said.items():
        kind = _kind(one, name)
        there = left.pop(name, None) or _same(expected, left, said)
        if there is None:
            yield Deviation(one.wanted.table, kind, name, Aspect.MISSING, definition(expected))
        elif not _is_same(one, kind, expected, there) or not there.valid:
            text = definition(there) + ("" if there.valid else " (invalid)")
            yield Deviation(one.wanted.table, kind, name, Aspect.DEFINITION, definition(expected), text)
        elif own_name(there) != name:
            del left[own_name(there)]
            yield Deviation(one.wanted.table, kind, name, Aspect.NAME, name, own_name(there))
    yield from _extra(one, left)


def _by_name(catalog: Catalog, table: str) -> dict[str, Index]:
    return {own_name(index): index for index in catalog.indexes(table) if not index.primary}


def own_name(index: Index) -> str:
    """Without its schema, which is its table's."""
    return index.name.removeprefix(index.table.partition(".")[0] + ".")


def definition(index: Index) -> str:
    """``unique btree (email) WHERE …``: without its name and its table."""
    return ("unique " if index.unique else "") + _PLACE.sub("", index.definition)


def _is_same(one: Made, kind: Kind, said: Index, real: Index) -> bool:
    """In an identity the order of the keys means nothing, and older generators kept it sorted."""
    if _without_repeats(said) == _without_repeats(real):
        return True
    if kind is Kind.IDENTITY and None not in said.columns:
        return {*said.columns} == {*real.columns} and _without_columns(said) == _without_columns(real)
    return _may_lack_base_filter(one, own_name(said)) and definition(said).startswith(definition(real))


def _without_repeats(index: Index) -> str:
    """``(a, a, b)``, which ash_postgres writes for a tenant's column that is named twice, finds what ``(a, b)`` finds."""
    before, _, rest = definition(index).partition(" (")
    inside, end = _REPEATED.match(rest), 0
    columns: list[str] = []
    while inside:
        columns, end = [*columns, inside[1]], inside.end()
        inside = _REPEATED.match(rest, end)
    return f"{before} ({', '.join(dict.fromkeys(columns))}{rest[end:]}"


def _without_columns(index: Index) -> tuple[bool, str | None, bool]:
    return index.unique, index.predicate, "NULLS NOT DISTINCT" in index.definition


def _may_lack_base_filter(one: Made, name: str) -> bool:
    """Before snapshots had ``include_base_filter?``, indexes were made without the filter."""
    snapshot = one.wanted.snapshot
    return bool(snapshot.base_filter) and any(
        "include_base_filter" not in index.model_fields_set and index_name(index, snapshot)[:63] == name
        for index in snapshot.custom_indexes
    )


def _same(expected: Index, left: Mapping[str, Index], said: Mapping[str, Index]) -> Index | None:
    """The same index under another name."""
    others = (other for name, other in left.items() if name not in said)
    return next((other for other in others if _without_repeats(other) == _without_repeats(expected)), None)


def _kind(one: Made, name: str) -> Kind:
    snapshot = one.wanted.snapshot
    names = {identity_name(identity, snapshot.table)[:63] for identity in snapshot.identities}
    return Kind.IDENTITY if name in names else Kind.INDEX


def _extra(one: Made, left: Mapping[str, Index]) -> Iterator[Deviation]:
    """Unique ones: others change nothing but speed, and people add them by hand."""
    for name, index in sorted(left.items()):
        is_plain = not index.unique and index.constraint is None
        if not is_plain and not one.wanted.snapshot.has_statement_about(name):
            yield Deviation(one.wanted.table, Kind.INDEX, name, Aspect.EXTRA, None, definition(index))
