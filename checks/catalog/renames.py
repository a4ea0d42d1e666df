"""Names that were changed: the object is the same one, told by its oid, under another name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple, TypeAlias

from checks.catalog.links import Known, link
from checks.catalog.schema import Catalog, Key

IN_TABLES = ("column", "attribute", "constraint", "trigger", "policy", "rule")
NAMING = ("sql", "holder", "schema", "table", "table_schema", "name", "quoted", "path")
NOT_NAMES = ("comment", "body", "labels", "privileges", "owner")
"""Properties whose words are no names of objects."""
CODE = ("function", "procedure")
"""PostgreSQL keeps their text as it was written, whatever is renamed."""
Addresses: TypeAlias = Mapping[tuple[str, str, int, int], Key]


class Rename(NamedTuple):
    key: Key
    """What it is called, where all that lies around it has its old name back."""
    back: Key
    """What it was called."""
    now: Mapping[str, Any]
    then: Mapping[str, Any]
    """The facts under either name."""
    follows: bool
    """It was renamed with something else: a partition's column with the parent's, an index with its constraint."""


def are_of_one_database(before: Catalog, after: Catalog) -> bool:
    """Only then do equal oids mean the same object."""
    database = ("database", "this")
    return before.fact(database, "oid") is not None and before.fact(database, "oid") == after.fact(
        database, "oid"
    )


def undo_renames(before: Catalog, after: Catalog) -> tuple[list[Rename], Catalog]:
    """What was renamed, outer names first, and ``after`` with the old names.

    Both catalogs must be of one database. What is derived from a name (the definition of an index or view) is
    put back by words.
    """
    undone: list[Rename] = []
    for level in (is_schema, lies_in_schema, lies_in_table):
        found = [one for one in renames(before, after) if level(one.key, after)]
        after = with_names_back(found, before, after)
        undone += found
    return undone, after


def renames(before: Catalog, after: Catalog) -> Iterator[Rename]:
    gone = addresses(before.objects.keys() - after.objects.keys(), before)
    if not gone:
        return
    renamed = {
        key: back
        for key in after.objects
        if (back := gone.get(address(key, after))) is not None
        # ADD CONSTRAINT … USING INDEX renames an index and makes something else of it.
        and bool(after.fact(key, "constraint")) == bool(before.fact(back, "constraint"))
    }
    for key, back in renamed.items():
        now = after.facts[key]
        follows = now["follows"] in renamed or any(
            owner in renamed and owner[0] == "constraint" for owner in now["belongs_to"]
        )
        yield Rename(key, back, now, before.facts[back], follows)


def addresses(keys: Iterable[Key], catalog: Catalog) -> Addresses:
    return {address(key, catalog): key for key in keys}


def address(key: Key, catalog: Catalog) -> tuple[str, str, int, int]:
    facts = catalog.facts[key]
    return key[0], facts["catalog"], facts["oid"], facts["sub"]


def is_schema(key: Key, catalog: Catalog) -> bool:
    return key[0] == "schema"


def lies_in_schema(key: Key, catalog: Catalog) -> bool:
    return key[0] not in IN_TABLES and "schema" in catalog.facts[key]


def lies_in_table(key: Key, catalog: Catalog) -> bool:
    return key[0] in IN_TABLES


def with_names_back(found: list[Rename], before: Catalog, after: Catalog) -> Catalog:
    if not found:
        return after
    known = addresses(before.objects, before)
    words = [Words(rename) for rename in found]
    objects: dict[Key, Mapping[str, Any]] = {}
    facts: dict[Key, Known] = {}
    for key, row in after.objects.items():
        told = after.facts[key]
        back_told: Known = {name: put_back(words, key, told, value) for name, value in told.items()}
        back = known.get(address(key, after))
        # Its own rename may belong to a later level.
        if back is not None and before.facts[back]["path"] == back_told["path"]:
            back_told |= {name: before.facts[back][name] for name in NAMING if name in before.facts[back]}
        else:
            back = (key[0], ".".join(back_told["path"]))
        was: Mapping[str, Any] = before.objects.get(back, {})
        objects[back] = {
            name: value if name in NOT_NAMES or value == was.get(name) else put_back(words, key, told, value)
            for name, value in row.items()
        }
        facts[back] = back_told
    link(facts)
    return Catalog(dict(sorted(objects.items())), facts)


def put_back(words: Iterable[Words], key: Key, told: Mapping[str, Any], value: Any) -> Any:
    for renamed in words:
        value = renamed.put_back(key, told, value)
    return value


class Words:
    """The old name for the new one, in whatever text or path may hold it."""

    def __init__(self, rename: Rename) -> None:
        self.key = rename.key
        self.new_path, self.old_path = list(rename.now["path"]), list(rename.then["path"])
        self.table = self.new_path[:-1] if rename.key[0] in IN_TABLES else None
        new, old = (str(facts["sql"]).split("(")[0] for facts in (rename.now, rename.then))
        pairs = [(new, old)]
        if rename.key[0] == "schema":
            pairs = [(f"{new}.", f"{old}.")]
        elif self.table is None:
            # In a view, a table's own name stands before its columns.
            pairs.append((f"{rename.now['quoted']}.", f"{rename.then['quoted']}."))
        self.pairs = [in_words(*pair) for pair in pairs]
        # CREATE INDEX names the index without its schema.
        own = rename.key[0] == "index"
        self.own_pairs = [in_words(rename.now["quoted"], rename.then["quoted"])] if own else []

    def put_back(self, key: Key, told: Mapping[str, Any], value: Any) -> Any:
        if isinstance(value, list):
            start = 1 if key[0] == "publication table" else 0
            end = start + len(self.new_path)
            if value[start:end] == self.new_path:
                return value[:start] + self.old_path + value[end:]
            return [self.put_back(key, told, item) for item in value]
        return self.in_text(value, key) if isinstance(value, str) and self.concern(key, told) else value

    def in_text(self, text: str, key: Key) -> str:
        for new, found, old in self.pairs + (self.own_pairs if key == self.key else []):
            if new in text:
                text = found.sub(old, text)
        return text

    def concern(self, key: Key, told: Mapping[str, Any]) -> bool:
        """The name of a part of a table means that part only in what belongs to the table, and in views."""
        if key[0] in CODE:
            return False
        if self.table is None or key[0] in ("view", "materialized view"):
            return True
        return [told.get("table_schema") or told.get("schema"), told.get("table")] == self.table


def in_words(new: str, old: str) -> tuple[str, re.Pattern[str], str]:
    """The new name, how to find it as a whole word, and the old one to put there."""
    end = "" if new.endswith(".") else r'(?![\w"])'
    return new, re.compile(r'(?<![\w"])' + re.escape(new) + end), old.replace("\\", r"\\")
