"""Take an enum back to the labels that it had."""

from __future__ import annotations

from collections.abc import Iterator

from checks.catalog import Catalog, Column, Key
from checks.rollback.words import literal, name, quote, quoted


def restore_labels(key: Key, current: Catalog, target: Catalog) -> Iterator[str]:
    """Renamed labels are renamed back; for any other change the type is made anew under its columns.

    PostgreSQL has no way to drop a label (docs, ALTER TYPE). Rows that hold one which was not there before
    make the second way fail.
    """
    now, then = current.facts[key]["labels"] or [], target.facts[key]["labels"] or []
    if len(now) == len(then):
        for label, old in zip(now, then, strict=True):
            if label != old:
                yield f"ALTER TYPE {name(key, target)} RENAME VALUE {literal(label)} TO {literal(old)}"
        return
    yield from rebuild(key, current, target)


def rebuild(key: Key, current: Catalog, target: Catalog) -> Iterator[str]:
    type_name = name(key, target)
    facts = current.facts[key]
    aside = quote(f"{facts['name'][:50]}_replaced")
    columns = list(columns_of_type(type_name, current))
    yield f"ALTER TYPE {type_name} RENAME TO {aside}"
    yield f"CREATE TYPE {type_name} AS ENUM ({target.objects[key]['labels'] or ''})"
    for column in columns:
        yield from retype(column, current)
    yield f"DROP TYPE {type_name.removesuffix(quoted(facts))}{aside}"


def columns_of_type(type_name: str, catalog: Catalog) -> Iterator[Column]:
    for table in sorted(catalog.tables()):
        for column in catalog.columns(table):
            inherited = catalog.fact(("column", f"{table}.{column.name}"), "inherited")
            if column.type in (type_name, f"{type_name}[]") and not inherited:
                yield column


def retype(column: Column, catalog: Catalog) -> Iterator[str]:
    facts = catalog.facts["column", f"{column.table}.{column.name}"]
    head = f"ALTER TABLE {facts['holder']} ALTER COLUMN {facts['sql']}"
    text = "text[]" if column.type.endswith("[]") else "text"
    if column.default is not None:
        yield f"{head} DROP DEFAULT"
    yield f"{head} TYPE {column.type} USING {facts['sql']}::{text}::{column.type}"
    if column.default is not None:
        yield f"{head} SET DEFAULT {column.default}"
