"""References of a snapshot → foreign keys, as ``references`` in a generated migration makes them.

Source: ``with_match``, ``on_delete``, ``on_update`` and ``AlterDeferrability`` in
``lib/migration_generator/operation.ex`` of ash_postgres 2.12.
"""

from __future__ import annotations

from checks.ash.quoting import identifier, identifiers
from checks.ash.snapshot import NOT_MULTITENANT, Attribute, Reference, Snapshot
from checks.ash.vocabulary import Site

_ON_DELETE = {"delete": "CASCADE", "nilify": "SET NULL", "restrict": "RESTRICT"}
_ON_UPDATE = {"update": "CASCADE", "nilify": "SET NULL", "restrict": "RESTRICT"}
_MATCHES = ("simple", "partial", "full")


def reference_of(attribute: Attribute, snapshot: Snapshot) -> Reference | None:
    """``has_reference?``: a table that all tenants share has no key into the schemas of tenants."""
    reference = attribute.references
    if reference is None or reference.ignored:
        return None
    theirs = (reference.multitenancy or NOT_MULTITENANT).strategy
    return None if theirs == "context" and snapshot.multitenancy.strategy != "context" else reference


def reference_name(attribute: Attribute, reference: Reference, table: str) -> str:
    name = reference.name or f"{table}_{attribute.source}_fkey"
    return f"{table}{name}" if name.startswith("_") else name


def foreign_key(name: str, attribute: Attribute, reference: Reference, snapshot: Snapshot, site: Site) -> str:
    columns = {attribute.source: reference.destination_attribute, **(reference.match_with or {})}
    match = f" MATCH {reference.match_type.upper()}" if reference.match_type in _MATCHES else ""
    tenant = _tenant_columns(reference, snapshot, site)
    if tenant:
        columns, match = {**columns, **tenant}, " MATCH FULL"
    words = [
        f"ALTER TABLE {site.table(snapshot)} ADD CONSTRAINT {identifier(name)} FOREIGN KEY ({identifiers(columns)})",
        f"REFERENCES {identifier(_target(reference, snapshot, site))}.{identifier(reference.table)} ({identifiers(columns.values())})",
    ]
    return " ".join(words) + match + _actions(reference)


def _tenant_columns(reference: Reference, snapshot: Snapshot, site: Site) -> dict[str, str]:
    """``with_match``: the tenant's column is part of the key, unless it refers to a primary key."""
    ours, theirs = snapshot.multitenancy, reference.multitenancy or NOT_MULTITENANT
    if (
        ours.strategy != "attribute"
        or theirs.strategy != "attribute"
        or not ours.attribute
        or not theirs.attribute
    ):
        return {}
    if theirs.attribute == reference.destination_attribute:
        return {}
    to_key = reference.is_to_primary_key
    if to_key is None:
        to_key = site.primary_keys(reference.table, reference.destination_attribute)
    return {ours.attribute: theirs.attribute} if not to_key or reference.match_tenant else {}


def _target(reference: Reference, snapshot: Snapshot, site: Site) -> str:
    theirs = (reference.multitenancy or NOT_MULTITENANT).strategy
    between_tenants = snapshot.multitenancy.strategy == "context" == theirs
    given = None if between_tenants or reference.db_schema == snapshot.db_schema else reference.db_schema
    return given or site.schema


def _actions(reference: Reference) -> str:
    words = ""
    if isinstance(reference.on_delete, tuple):
        words += f" ON DELETE SET NULL ({identifiers(reference.on_delete[1])})"
    elif action := _ON_DELETE.get(reference.on_delete or ""):
        words += f" ON DELETE {action}"
    if action := _ON_UPDATE.get(reference.on_update or ""):
        words += f" ON UPDATE {action}"
    if reference.deferrable:
        words += f" DEFERRABLE INITIALLY {'DEFERRED' if reference.deferrable == 'initially' else 'IMMEDIATE'}"
    return words
