"""What belongs to what: a column to its table, an index to its constraint, a partition's index to its parent's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from checks.catalog.schema import RELATION_TYPES, Key

Facts: TypeAlias = Mapping[Key, Mapping[str, Any]]
Addresses: TypeAlias = Mapping[tuple[str, int, int], Key]
HOLDERS = (*RELATION_TYPES, "domain", "composite type")


def link(facts: Facts) -> Facts:
    """The same facts with more of each object.

    ``belongs_to``: the objects without which it cannot be. ``follows``: the object of a parent table that it
    was made and is changed with. ``columns`` and ``referenced_columns`` of constraints, ``columns`` and
    ``includes`` of indexes: names instead of numbers.
    """
    by_oid = {(known["catalog"], known["oid"], known["sub"]): key for key, known in facts.items()}
    return {
        key: {
            **known,
            **named_columns(known, facts, by_oid),
            "belongs_to": tuple(owners(key, known, facts, by_oid)),
            "follows": followed(key, known, facts, by_oid),
        }
        for key, known in facts.items()
    }


def owners(key: Key, known: Mapping[str, Any], facts: Facts, by_oid: Addresses) -> Iterator[Key]:
    if "table" in known:
        yield from holders(known.get("table_schema") or known["schema"], known["table"], facts)
    if known.get("constraint_oid") is not None:
        yield from present(by_oid.get(("pg_constraint", known["constraint_oid"], 0)))
    if known.get("owner_column") is not None:
        yield from holders(known["owner_table"][0], known["owner_table"][1], facts)
        yield from present(column_key(known["owner_table"], known["owner_column"], facts))
    if "publication_path" in known:
        yield from present(existing(("publication", known["publication_path"][0]), facts))
    if key[0] == "publication table":
        yield from holders(known["path"][1], known["path"][2], facts)
    if "server_path" in known:
        yield from present(existing(("server", known["server_path"][0]), facts))


def followed(key: Key, known: Mapping[str, Any], facts: Facts, by_oid: Addresses) -> Key | None:
    if key[0] == "column":
        table = existing(("table", f"{known['schema']}.{known['table']}"), facts)
        parent = facts[table].get("inherits_from") if table else None
        return column_key(parent[0], known["name"], facts) if parent else None
    if known.get("parent_oid") is not None:
        return by_oid.get((known["catalog"], known["parent_oid"], 0))
    if known.get("parent_index_oid") is not None:
        return by_oid.get(("pg_class", known["parent_index_oid"], 0))
    return None


def named_columns(known: Mapping[str, Any], facts: Facts, by_oid: Addresses) -> dict[str, list[str | None]]:
    """In the order of the constraint or key; None for an expression of an index."""
    if "column_numbers" not in known:
        return {}

    def names(relation: int, numbers: list[int] | None) -> list[str | None]:
        columns = (by_oid.get(("pg_class", relation, number)) for number in numbers or ())
        return [facts[column]["name"] if column else None for column in columns]

    columns = names(known["relation_oid"], known["column_numbers"])
    if "key_columns" in known:
        return {"columns": columns[: known["key_columns"]], "includes": columns[known["key_columns"] :]}
    referenced = names(known["referenced_oid"], known["referenced_numbers"])
    return {"columns": columns, "referenced_columns": referenced}


def holders(schema: str, name: str, facts: Facts) -> Iterator[Key]:
    for kind in HOLDERS:
        yield from present(existing((kind, f"{schema}.{name}"), facts))


def column_key(table: list[str], column: str, facts: Facts) -> Key | None:
    return existing(("column", ".".join((*table, column))), facts)


def existing(key: Key, facts: Facts) -> Key | None:
    return key if key in facts else None


def present(key: Key | None) -> Iterator[Key]:
    if key is not None:
        yield key
