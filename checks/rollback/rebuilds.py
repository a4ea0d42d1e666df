"""Which changed objects are dropped and made again, because no ALTER takes them back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from checks.catalog import Catalog, Key
from checks.rollback.enums import columns_of_type, is_remade
from checks.rollback.words import name

ACCESS = {"owner", "privileges", "comment", "position"}
ALTERABLE = {
    "index": {"clustered", "replica_identity", "tablespace", "statistics", "partition_of"},
    "view": {"options"},
    "materialized view": {"options", "tablespace"},
    "constraint": {"valid"},
    "trigger": {"enabled"},
    "rule": {"enabled"},
    "statistics": {"target"},
    "policy": set(),
    "aggregate": set(),
    "cast": set(),
    "operator": set(),
    "range": set(),
    "publication table": set(),
}  # fmt: skip
"""What ALTER sets, for the kinds of objects that can be dropped and made again without losing anything."""
SIGNATURE = {"arguments", "returns", "window"}
"""What CREATE OR REPLACE FUNCTION refuses to change, or changes in one direction only."""


def rebuilt(
    changed: Mapping[Key, set[str]], dropped: Iterable[Key], target: Catalog, current: Catalog
) -> set[Key]:
    """The changed objects to drop and make again, and the views that stand in the way of it."""
    again = {key for key, properties in changed.items() if needs_rebuild(key, properties, target, current)}
    remade = {name(key, target) for key in changed if key[0] == "enum" and is_remade(key, current, target)}
    again |= {
        key for type_name in remade for key in holding_labels(type_name, current) if key in target.objects
    }
    retyped = {
        key
        for key, properties in changed.items()
        if key[0] == "column" and properties & {"type", "collation"}
    }
    retyped |= {key for type_name in remade for key in columns_of_type(type_name, current)}
    return again | views_on(again | retyped | set(dropped), target, current)


def holding_labels(type_name: str, catalog: Catalog) -> Iterator[Key]:
    """Indexes and checks with a label in them: they would compare the new type with the old one."""
    for key, row in catalog.objects.items():
        if key[0] in ("index", "constraint") and f"::{type_name}" in str(row["definition"]):
            yield key


def needs_rebuild(key: Key, properties: set[str], target: Catalog, current: Catalog) -> bool:
    rest = properties - ACCESS
    if key[0] in ("function", "procedure"):
        return bool(rest & SIGNATURE)
    if key[0] == "column":
        return bool(target.objects[key]["generated"]) and bool(rest & {"generated", "default"})
    if key[0] == "view" and "definition" in rest and is_replaceable(key, target, current):
        return False
    if key[0] == "constraint" and "valid" in rest and not target.objects[key]["valid"]:
        return True
    return key[0] in ALTERABLE and not rest <= ALTERABLE[key[0]]


def is_replaceable(view: Key, target: Catalog, current: Catalog) -> bool:
    """CREATE OR REPLACE VIEW may add columns at the end, and nothing else."""
    then = [(column.name, column.type) for column in target.columns(view[1])]
    now = [(column.name, column.type) for column in current.columns(view[1])]
    return then[: len(now)] == now


def replaced(key: Key, properties: set[str]) -> bool:
    """Whether CREATE OR REPLACE takes it back."""
    if key[0] in ("function", "procedure"):
        return bool(properties - ACCESS)
    return key[0] == "view" and "definition" in properties


def views_on(keys: Iterable[Key], target: Catalog, current: Catalog) -> set[Key]:
    """The views of both schemas that read any of the objects, and the views that read those."""
    views = {key for key in current.facts if key[0] in ("view", "materialized view") and key in target.facts}
    read = {reference for key in keys if key in current.facts for reference in references(key, current)}
    found: set[Key] = set()
    while more := {view for view in views - found if read.intersection(current.facts[view]["reads"] or ())}:
        found |= more
        read |= {reference for view in more for reference in references(view, current)}
    return found


def references(key: Key, catalog: Catalog) -> set[str]:
    """How ``reads`` names the object: its oid and the column's number; a relation, by any of its columns."""
    facts = catalog.facts[key]
    numbers = [facts["sub"]] if facts["sub"] else range(len(catalog.columns(key[1])) + 1)
    return {f"{facts['oid']} {number}" for number in numbers}
