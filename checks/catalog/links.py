"""What belongs to what: a column to its table, an index to its constraint, a partition's index to its parent's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from checks.catalog.schema import RELATION_TYPES, Key

Known: TypeAlias = dict[str, Any]
"""The facts of one object."""
Facts: TypeAlias = Mapping[Key, Mapping[str, Any]]
HOLDERS = (*RELATION_TYPES, "domain", "composite type")


def link(facts: Mapping[Key, Known], everything: Facts | None = None) -> None:
    """Add to the facts of each object what follows from the others (of ``everything``, if these are only some).

    ``belongs_to``: the objects without which it cannot be. ``follows``: the object of a parent table that it
    was made and is changed with. ``columns`` and ``referenced_columns`` of constraints, ``columns`` and
    ``includes`` of indexes: names instead of numbers.
    """
    links = Links(facts if everything is None else everything)
    for key, known in facts.items():
        known.update(links.named_columns(known))
        known["belongs_to"] = tuple(links.owners(key, known))
        known["follows"] = links.followed(key, known)


class Links:
    """The objects by oid, and what can hold others by name."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.by_oid = {(known["catalog"], known["oid"], known["sub"]): key for key, known in facts.items()}
        self.holders = {(*known["path"],): key for key, known in facts.items() if key[0] in HOLDERS}

    def owners(self, key: Key, known: Known) -> Iterator[Key]:
        if "table" in known:
            yield from present(
                self.holders.get((known.get("table_schema") or known["schema"], known["table"]))
            )
        if known.get("constraint_oid") is not None:
            yield from present(self.by_oid.get(("pg_constraint", known["constraint_oid"], 0)))
        if known.get("owner_column") is not None:
            yield from present(self.holders.get((*known["owner_table"],)))
            yield from present(self.column(known["owner_table"], known["owner_column"]))
        if "publication_path" in known:
            yield from present(self.existing(("publication", known["publication_path"][0])))
        if key[0] == "publication table":
            yield from present(self.holders.get((*known["path"][1:],)))
        if "server_path" in known:
            yield from present(self.existing(("server", known["server_path"][0])))

    def followed(self, key: Key, known: Known) -> Key | None:
        if key[0] == "column":
            table = self.holders.get((known["schema"], known["table"]))
            parents = self.facts[table].get("inherits_from") if table else None
            return self.column(parents[0], known["name"]) if parents else None
        if known.get("parent_oid") is not None:
            return self.by_oid.get((known["catalog"], known["parent_oid"], 0))
        if known.get("parent_index_oid") is not None:
            return self.by_oid.get(("pg_class", known["parent_index_oid"], 0))
        return None

    def named_columns(self, known: Known) -> dict[str, list[str | None]]:
        """In the order of the constraint or key; None for an expression of an index."""
        if "column_numbers" not in known:
            return {}
        columns = self.names(known["relation_oid"], known["column_numbers"])
        if "key_columns" in known:
            return {"columns": columns[: known["key_columns"]], "includes": columns[known["key_columns"] :]}
        referenced = self.names(known["referenced_oid"], known["referenced_numbers"])
        return {"columns": columns, "referenced_columns": referenced}

    def names(self, relation: int, numbers: list[int] | None) -> list[str | None]:
        columns = (
            self.by_oid.get(("pg_class", relation, number)) if number else None for number in numbers or ()
        )
        return [self.facts[column]["name"] if column else None for column in columns]

    def column(self, table: list[str], column: str) -> Key | None:
        return self.existing(("column", ".".join((*table, column))))

    def existing(self, key: Key) -> Key | None:
        return key if key in self.facts else None


def present(key: Key | None) -> Iterator[Key]:
    if key is not None:
        yield key
