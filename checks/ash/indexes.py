"""Identities, indexes and the indexes of references → ``create index`` of a generated migration.

Source: ``AddUniqueIndex``, ``AddCustomIndex`` and ``AddReferenceIndex`` in ``lib/migration_generator/operation.ex`` of
ash_postgres 2.12.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from checks.ash.quoting import atom, optional, string
from checks.ash.snapshot import Attribute, CustomIndex, Fields, Identity, IndexField, Reference, Snapshot
from checks.ash.vocabulary import Command, Kind, Site


def identity_name(identity: Identity, table: str) -> str:
    """``add_index_name`` for the first generations, which did not keep it."""
    if "index_name" not in identity.model_fields_set:
        return f"{table}_{identity.name}_unique_index"
    return identity.index_name or f"{table}_{identity.name}_index"


def add_identity(identity: Identity, snapshot: Snapshot, site: Site) -> Command:
    conditions = [f"({one})" for one in (identity.where, identity.base_filter) if one]
    return _index(
        Kind.IDENTITY,
        identity_name(identity, snapshot.table),
        _with_tenant(identity.keys, identity.all_tenants, snapshot),
        snapshot,
        site,
        ("unique", "true"),
        ("where", optional(" AND ".join(conditions) or None)),
        ("nulls_distinct", None if identity.nils_distinct else "false"),
    )


def index_name(index: CustomIndex, snapshot: Snapshot) -> str:
    fields = _with_tenant(index.fields, index.all_tenants, snapshot)
    return index.name or _default_name(snapshot.table, fields)


def add_custom_index(index: CustomIndex, snapshot: Snapshot, site: Site) -> Command:
    base = snapshot.base_filter if index.include_base_filter else None
    include = "[" + ", ".join(atom(name) for name in index.include) + "]" if index.include else None
    return _index(
        Kind.INDEX,
        index_name(index, snapshot),
        _with_tenant(index.fields, index.all_tenants, snapshot),
        snapshot,
        site,
        ("unique", "true" if index.unique else None),
        ("using", optional(index.using)),
        ("where", optional(" AND ".join(one for one in (base, index.where) if one) or None)),
        ("include", include),
        ("nulls_distinct", "false" if index.unique and not index.nulls_distinct else None),
    )


def _with_tenant(fields: Iterable[IndexField], all_tenants: bool, snapshot: Snapshot) -> Fields:
    """``index_keys``: the tenant's column comes first, once."""
    tenant = snapshot.multitenancy.attribute
    if all_tenants or snapshot.multitenancy.strategy != "attribute" or tenant is None:
        return tuple(fields)
    return (IndexField(value=tenant), *(field for field in fields if field.value != tenant))


def _index(
    kind: Kind, name: str, fields: Fields, snapshot: Snapshot, site: Site, *options: tuple[str, str | None]
) -> Command:
    keys = ", ".join(map(_index_field, fields))
    said = "".join(f", {option}: {value}" for option, value in options if value is not None)
    place = f"name: {string(name)}, prefix: {string(site.made_in)}"
    return Command(kind, name, f"create index({atom(snapshot.table)}, [{keys}], {place}{said})")


def _index_field(field: IndexField) -> str:
    if field.type == "directed":
        return f"{{{atom(field.order or 'asc')}, {atom(field.value)}}}"
    return string(field.value) if field.type == "string" else atom(field.value)


def _default_name(table: str, fields: Sequence[IndexField]) -> str:
    words = [table, *(field.value for field in fields), "index"]
    return "_".join(
        "".join(letter if letter.isalnum() else "_" for letter in word).rstrip("_") for word in words
    )


def add_reference_index(
    attribute: Attribute, reference: Reference, snapshot: Snapshot, site: Site
) -> Command:
    fields = _with_tenant([IndexField(value=attribute.source)], False, snapshot)
    name = _default_name(snapshot.table, fields)
    return _index(Kind.INDEX, name, fields, snapshot, site, ("where", optional(reference.index_where)))
