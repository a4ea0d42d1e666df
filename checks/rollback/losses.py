"""What is gone with the objects that held it."""

from __future__ import annotations

from collections.abc import Iterator

from checks.catalog import Catalog, Key
from checks.data import DataFingerprint
from checks.model.rollback import DataLoss


def destroyed(before: Catalog, after: Catalog) -> Iterator[Key]:
    """Tables, and columns of tables that are still there, which are gone and not only renamed."""
    gone = before.objects.keys() - after.objects.keys()
    kept = {address(key, after) for key in after.objects} if gone else set()
    for key in sorted(gone):
        if address(key, before) not in kept and (key[0] == "table" or holds_values(key, before, kept)):
            yield key


def holds_values(key: Key, before: Catalog, kept: set[tuple[str, int, int]]) -> bool:
    if key[0] != "column" or before.objects[key]["generated"]:
        return False
    tables: list[Key] = [owner for owner in before.facts[key]["belongs_to"] if owner[0] == "table"]
    return any(address(table, before) in kept for table in tables)


def extended_enums(before: Catalog, after: Catalog) -> Iterator[str]:
    """Enums that have labels which they did not have."""
    for key in sorted(before.objects.keys() & after.objects.keys()):
        if key[0] == "enum" and len(after.facts[key]["labels"] or ()) > len(
            before.facts[key]["labels"] or ()
        ):
            yield key[1]


def address(key: Key, catalog: Catalog) -> tuple[str, int, int]:
    facts = catalog.facts[key]
    return facts["catalog"], facts["oid"], facts["sub"]


def unseen_losses(before: Catalog, after: Catalog, rows: DataFingerprint) -> Iterator[DataLoss]:
    """What ``up`` destroyed where there was no value to see it by: lost all the same where there are some."""
    for kind, name in destroyed(before, after):
        table, column = (name, None) if kind == "table" else split(name, before)
        if not has_values(rows, table, column):
            yield DataLoss(relation=table, column=column, rows=0)


def split(name: str, catalog: Catalog) -> tuple[str, str]:
    column = str(catalog.facts["column", name]["name"])
    return name.removesuffix(f".{column}"), column


def has_values(rows: DataFingerprint, table: str, column: str | None) -> bool:
    known = rows.tables.get(table)
    if known is None:
        return False
    # NULL is hashed to zero, so any other byte is one of a value.
    return bool(known.rows) if column is None else any(known.columns.get(column, b""))
