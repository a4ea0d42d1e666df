"""Names that a migration changed: the object is the same one, told by its oid, under another name."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from checks.catalog import Catalog, Key
from checks.catalog.links import link
from checks.rollback.words import command, quote, quoted

IN_TABLES = ("column", "attribute", "constraint", "trigger", "policy", "rule")
NAMING = ("sql", "holder", "schema", "table", "table_schema", "name", "quoted", "path")
PROSE = ("comment", "body", "labels")
"""Properties whose words are no names of objects."""


@dataclass(frozen=True)
class Rename:
    key: Key
    """In the catalog that is renamed."""
    back: Key
    """What it was called."""


def undo_renames(before: Catalog, after: Catalog) -> tuple[list[str], Catalog]:
    """The statements that give renamed objects their names back, and ``after`` as it is then.

    Both catalogs must be of one database, or oids say nothing. What else was derived from the names (the
    definition of an index or view) is put back by words; where that goes wrong the object is rebuilt.
    """
    statements: list[str] = []
    for level in (is_schema, lies_in_schema, lies_in_table):
        found = [rename for rename in renames(before, after) if level(rename.key, after)]
        statements += [statement for rename in found for statement in rename_back(rename, before, after)]
        after = with_names_back(found, before, after)
    return statements, after


def renames(before: Catalog, after: Catalog) -> Iterator[Rename]:
    known = {address(key, before): key for key in before.objects}
    for key in after.objects:
        back = known.get(address(key, after))
        if back is not None and back != key and back not in after.objects:
            yield Rename(key, back)


def address(key: Key, catalog: Catalog) -> tuple[str, str, int, int]:
    facts = catalog.facts[key]
    return key[0], facts["catalog"], facts["oid"], facts["sub"]


def is_schema(key: Key, catalog: Catalog) -> bool:
    return key[0] == "schema"


def lies_in_schema(key: Key, catalog: Catalog) -> bool:
    return key[0] not in IN_TABLES and "schema" in catalog.facts[key]


def lies_in_table(key: Key, catalog: Catalog) -> bool:
    return key[0] in IN_TABLES


def rename_back(rename: Rename, before: Catalog, after: Catalog) -> Iterator[str]:
    now, then = after.facts[rename.key], before.facts[rename.back]
    old = then["sql"] if rename.key[0] in IN_TABLES else quoted(then)
    match rename.key[0]:
        case "column":
            yield f"ALTER TABLE {now['holder']} RENAME COLUMN {now['sql']} TO {old}"
        case "attribute":
            yield f"ALTER TYPE {now['holder']} RENAME ATTRIBUTE {now['sql']} TO {old}"
        case "constraint":
            kind = "DOMAIN" if now["domain"] else "TABLE"
            yield f"ALTER {kind} {now['holder']} RENAME CONSTRAINT {now['sql']} TO {old}"
        case "trigger" | "policy" | "rule":
            yield f"ALTER {rename.key[0].upper()} {now['sql']} ON {now['holder']} RENAME TO {old}"
        case "schema":
            yield f"ALTER SCHEMA {now['sql']} RENAME TO {old}"
        case _:
            yield from moved_back(rename, now, then)


def moved_back(rename: Rename, now: Mapping[str, Any], then: Mapping[str, Any]) -> Iterator[str]:
    """Another schema, another name, or both. Indexes and owned sequences go to the schema of their table,
    and the index of a constraint has its name."""
    place = now["sql"]
    if now.get("constraint"):
        return
    goes_along = rename.key[0] == "index" or now.get("owner_column") is not None
    if now["schema"] != then["schema"] and not goes_along:
        yield f"ALTER {command(rename.key)} {place} SET SCHEMA {quote(then['schema'])}"
        place = f"{quote(then['schema'])}.{place.split('.', 1)[1]}"
    if now["name"] != then["name"]:
        yield f"ALTER {command(rename.key)} {place} RENAME TO {quoted(then)}"


def with_names_back(found: list[Rename], before: Catalog, after: Catalog) -> Catalog:
    if not found:
        return after
    known = {address(key, before): key for key in before.objects}
    substitutions = [substitution(rename, before, after) for rename in found]
    objects: dict[Key, Mapping[str, Any]] = {}
    facts: dict[Key, dict[str, Any]] = {}
    for key, row in after.objects.items():
        told = dict(after.facts[key])
        for substitute in substitutions:
            row = {name: value if name in PROSE else substitute(key, value) for name, value in row.items()}
            told = {name: substitute(key, value) for name, value in told.items()}
        back = known.get(address(key, after))
        if back is not None and same_place(back, told, before):
            told |= {name: before.facts[back][name] for name in NAMING if name in before.facts[back]}
            new_key = back
        else:
            new_key = (key[0], ".".join(told["path"]))
        objects[new_key], facts[new_key] = row, told
    link(facts)
    return Catalog(dict(sorted(objects.items())), facts)


def same_place(back: Key, told: Mapping[str, Any], before: Catalog) -> bool:
    """Whether the substitutions led to where it was: its own rename may belong to a later level."""
    return bool(before.facts[back]["path"] == told["path"])


def substitution(rename: Rename, before: Catalog, after: Catalog) -> Callable[[Key, Any], Any]:
    """Replaces the new name by the old one in whatever text and path may hold it."""
    now, then = after.facts[rename.key], before.facts[rename.back]
    new_path, old_path = list(now["path"]), list(then["path"])
    table = new_path[:-1] if rename.key[0] in IN_TABLES else None
    pairs = [(now["sql"].split("(")[0], then["sql"].split("(")[0])]
    if rename.key[0] == "schema":
        pairs = [(now["sql"] + ".", then["sql"] + ".")]
    elif table is None:
        pairs.append((now["name"] + ".", then["name"] + "."))
    patterns = [
        (re.compile(r'(?<![\w"])' + re.escape(new) + (r'(?![\w"])' if new[-1] != "." else "")), old)
        for new, old in pairs
    ]

    def substitute(key: Key, value: Any) -> Any:
        if isinstance(value, list):
            if value[: len(new_path)] == new_path:
                return old_path + value[len(new_path) :]
            return [substitute(key, item) if isinstance(item, str) else item for item in value]
        if not isinstance(value, str) or not concerns(key):
            return value
        for pattern, old in patterns:
            value = pattern.sub(old.replace("\\", r"\\"), value)
        return value

    def concerns(key: Key) -> bool:
        if key[0] in ("function", "procedure"):
            return False
        if table is None or key[0] in ("view", "materialized view"):
            return True
        facts = after.facts[key]
        return [facts.get("table_schema") or facts.get("schema"), facts.get("table")] == table

    return substitute
