"""Take an enum back to the labels that it had."""

from __future__ import annotations

from collections.abc import Container, Iterator

from checks.catalog import Catalog, Key
from checks.rollback.words import literal, name, quote, quoted


def is_remade(key: Key, current: Catalog, target: Catalog) -> bool:
    """Whether the type is made anew: labels came or went, or it is another type that took the name."""
    if key[0] != "enum":
        return False
    now, then = current.facts[key], target.facts[key]
    return now["oid"] != then["oid"] or len(now["labels"] or ()) != len(then["labels"] or ())


def restore_labels(key: Key, current: Catalog, target: Catalog, dropped: Container[Key]) -> Iterator[str]:
    """Renamed labels are renamed back; for any other change the type is made anew under its columns.

    PostgreSQL has no way to drop a label (docs, ALTER TYPE). Rows that hold one which was not there before
    make the second way fail.
    """
    if is_remade(key, current, target):
        yield from remake(key, current, target, dropped)
        return
    for label, old in zip(current.facts[key]["labels"], target.facts[key]["labels"], strict=True):
        if label != old:
            yield f"ALTER TYPE {name(key, target)} RENAME VALUE {literal(label)} TO {literal(old)}"


def remake(key: Key, current: Catalog, target: Catalog, dropped: Container[Key]) -> Iterator[str]:
    type_name = name(key, target)
    facts = current.facts[key]
    aside = quote(f"{facts['name'][:50]}_replaced")
    yield f"ALTER TYPE {type_name} RENAME TO {aside}"
    yield f"CREATE TYPE {type_name} AS ENUM ({target.objects[key]['labels'] or ''})"
    for column in columns_of_type(type_name, current):
        if column not in dropped and not any(
            owner in dropped for owner in current.facts[column]["belongs_to"]
        ):
            yield from retype(column, current)
    yield f"DROP TYPE {type_name.removesuffix(quoted(facts))}{aside}"


def columns_of_type(type_name: str, catalog: Catalog) -> Iterator[Key]:
    """Columns of tables; those of partitions and heirs follow their parents'."""
    for key, row in catalog.objects.items():
        of_type = key[0] == "column" and row["type"] in (type_name, f"{type_name}[]")
        if of_type and catalog.facts[key]["kind"] in ("r", "p") and not catalog.facts[key]["inherited"]:
            yield key


def retype(key: Key, catalog: Catalog) -> Iterator[str]:
    row, facts = catalog.objects[key], catalog.facts[key]
    head = f"ALTER TABLE {facts['holder']} ALTER COLUMN {facts['sql']}"
    text = "text[]" if str(row["type"]).endswith("[]") else "text"
    if row["default"] is not None:
        yield f"{head} DROP DEFAULT"
    yield f"{head} TYPE {row['type']} USING {facts['sql']}::{text}::{row['type']}"
    if row["default"] is not None:
        yield f"{head} SET DEFAULT {row['default']}"
