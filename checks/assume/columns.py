"""Columns that are missing, or of another type than the statement wants."""

from __future__ import annotations

import re
from collections.abc import Iterator

from checks.assume import types
from checks.assume.miss import Miss, find, once
from checks.assume.objects import function
from checks.assume.schema import Schema
from checks.sql.parse import name_parts, relation_name

_INCOMPATIBLE = re.compile(
    r'"(?P<own>.+)" of the referencing table and "(?P<other>.+)" of the referenced table are of incompatible types: '
    r"(?P<type>.+) and (?P<its_type>.+)\."
)


def column(schema: Schema, miss: Miss) -> bool:
    if found := miss.says(r'column "(.+)" of relation "(.+)" does not exist'):
        return _add(schema, miss.named(found[2]), found[1])
    if found := miss.says(r'column "(.+)" referenced in foreign key'):
        return _add(schema, _side(schema, miss, found[1]), found[1])
    if found := miss.says(r'column "(.+)" (?:named in key )?does not exist'):
        return _add(schema, owner(schema, miss, found[1]), found[1])
    if found := miss.says(r"column (?:.+\.)?(.+?)\.(.+) does not exist"):
        return _add(schema, miss.named(found[1].strip('"')), found[2].strip('"'))
    return False


def _add(schema: Schema, relation: str, column: str) -> bool:
    table = schema.tables.get(relation)
    if table is None or column in table.columns:
        return False
    table.columns[column] = schema.given.get((relation, column), types.by_name(column))
    return True


def _side(schema: Schema, miss: Miss, column: str) -> str:
    """The table of a foreign key's two that has not got the column: its own first."""
    for constraint in find(miss.node, "Constraint"):
        own = name_parts(constraint.fk_attrs)
        if column in own or not constraint.HasField("pktable"):
            continue
        return relation_name(constraint.pktable)
    return owner(schema, miss, column)


def owner(schema: Schema, miss: Miss, column: str) -> str:
    """The first assumed table of the statement without such a column; the target of INSERT is not in its scope."""
    there = miss.relations[1:] if miss.kind == "INSERT" else miss.relations
    names = (name for _, name in there if name in schema.tables)
    return next((name for name in names if column not in schema.tables[name].columns), "")


def other_type(schema: Schema, miss: Miss) -> bool:
    """Another type for an assumed column of the statement that the message speaks of."""
    if function(schema, miss) or _value(schema, miss) or _foreign_key(schema, miss):
        return True
    message = f"{miss.error.message} {miss.error.detail or ''}"
    for relation, column in _columns(schema, miss, message):
        columns = schema.tables[relation].columns
        seen = schema.tried.setdefault((relation, column), {columns[column]})
        for candidate in types.candidates(message):
            if candidate not in seen:
                seen.add(candidate)
                columns[column] = candidate
                return True
    return False


def no_operator_class(schema: Schema, miss: Miss) -> bool:
    return bool(miss.says("has no default operator class")) and other_type(schema, miss)


def _foreign_key(schema: Schema, miss: Miss) -> bool:
    """Both sides of a foreign key get one type: the file's own, where it makes one of them."""
    found = _INCOMPATIBLE.search(miss.error.detail or "")
    if found is None:
        return False
    for constraint in find(miss.node, "Constraint"):
        if not constraint.HasField("pktable"):
            continue
        other = schema.tables.get(relation_name(constraint.pktable))
        is_named = constraint.conname in ("", *re.findall(r'"(.+)"', miss.error.message))
        if is_named and other is not None and other.columns.get(found["other"]) == found["its_type"]:
            other.columns[found["other"]] = found["type"]
            return True
    return False


def _value(schema: Schema, miss: Miss) -> bool:
    found = miss.says(r'invalid input value for enum "?(.+?)"?: "(.+)"')
    return found is not None and found[1] in schema.enums and once(schema.enums[found[1]], found[2])


def _columns(schema: Schema, miss: Miss, message: str) -> Iterator[tuple[str, str]]:
    """Assumed columns that the statement names: first those that the message quotes, then those whose type it names."""
    words = set(re.findall(r"\w+", miss.sql))
    there = [
        (name, column)
        for name in dict.fromkeys(name for _, name in miss.relations if name in schema.tables)
        for column in schema.tables[name].columns
        if column in words
    ]
    spoken = types.named_in(message)

    def rank(place: tuple[str, str]) -> tuple[bool, bool, int]:
        type_name = schema.tables[place[0]].columns[place[1]]
        return f'"{place[1]}"' not in message, type_name not in spoken, _distance(miss, place[1])

    yield from sorted(there, key=rank)


def _distance(miss: Miss, column: str) -> int:
    """Characters from where PostgreSQL points to the nearest mention of the column."""
    point = (miss.position or 1) - 1
    places = [found.start() for found in re.finditer(rf"\b{re.escape(column)}\b", miss.sql)]
    return min((abs(place - point) for place in places), default=len(miss.sql))
