"""What ``manage.py sqlmigrate`` prints: which of a Django migration's operations each statement is of.

A header of three comments begins each operation, in their order (``Migration.apply``, ``collect_sql``). What Django leaves for
the end of the migration (``deferred_sql``: foreign keys, indexes of columns) stands below the last header whosever it is; it is
of the operation whose own statements name its table and its columns.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from checks.sql.parse import find, parse
from checks.sql.split import split

_HEADER = re.compile(r"^--\n-- (?!\(no-op\)).*\n--$", re.MULTILINE)
_NOTHING = re.compile(r"^-- (?:\(no-op\)|THIS OPERATION CANNOT BE WRITTEN AS SQL)$", re.MULTILINE)
_QUOTED = re.compile(r'"((?:[^"]|"")+)"')
_ENDS = re.compile(r"(?:BEGIN|COMMIT);?")


_TEXT = re.compile(r"'(?:[^']|'')*'")
"""A default may be the time of day, which is another one when it is printed."""


@dataclass(frozen=True)
class OfOperations:
    """Of which operations (from 0) a statement may be."""

    places: frozenset[int]
    is_told: bool
    """Whether it was printed for them; else it ran where nothing is printed, or as something else."""


@dataclass(frozen=True)
class _Printed:
    sql: str
    places: frozenset[int]
    in_order: bool
    """Whether it runs with its operation, and is not left for the end."""


def operations_told(heard: Sequence[str], printed: str, operations: int) -> list[OfOperations]:
    """For each statement that was heard. What was not printed ran between what was. Of all of them where the text does not
    fit a migration of so many operations."""
    all_ = OfOperations(frozenset(range(operations)), is_told=False)
    sections = _HEADER.split(printed)[1:]
    if len(sections) != operations:
        return [all_ for _ in heard]
    told = _printed(sections)
    texts = [_folded(sql) for sql in heard]
    blocks = SequenceMatcher(None, texts, [one.sql for one in told], autojunk=False).get_matching_blocks()
    found = {block.a + place: told[block.b + place] for block in blocks for place in range(block.size)}
    return [
        OfOperations(found[place].places, is_told=True)
        if place in found
        else _between(place, found, operations)
        for place in range(len(heard))
    ]


def _between(place: int, found: Mapping[int, _Printed], operations: int) -> OfOperations:
    """Not before what ran last, and not behind what runs next."""
    ran = {other: min(one.places) for other, one in found.items() if one.in_order}
    first = max((ran[other] for other in ran if other < place), default=0)
    last = min((ran[other] for other in ran if other > place), default=operations - 1)
    return OfOperations(frozenset(range(first, last + 1)), is_told=False)


def _printed(sections: Sequence[str]) -> list[_Printed]:
    *before, last = ([_folded(one.sql) for one in split(text, "", 1)] for text in sections)
    kept = [sql for sql in last if not _ENDS.fullmatch(sql)]
    count = _how_many_are_its_own(kept, sections[-1])
    own = [*before, kept[:count]]
    names = [{name for sql in section for name in _QUOTED.findall(sql)} for section in own]
    at_once = [
        _Printed(sql, frozenset({place}), True) for place, section in enumerate(own) for sql in section
    ]
    return at_once + [_Printed(sql, _of_whom(sql, names), False) for sql in kept[count:]]


def _how_many_are_its_own(last: Sequence[str], section: str) -> int:
    """Of what is printed below the last header. An operation that sends anything begins with what is its own."""
    if _NOTHING.search(section):
        return 0
    left = (place for place, sql in enumerate(last) if place and _table_and_columns(sql))
    return next(left, len(last))


def _of_whom(sql: str, names: Sequence[set[str]]) -> frozenset[int]:
    """Uniqueness of several columns is left for the end by CreateModel only, and sent at once by what changes it."""
    wanted = _table_and_columns(sql)
    fitting = {place for place, quoted in enumerate(names) if wanted and wanted <= quoted}
    last = {len(names) - 1} if " UNIQUE " in sql and names[-1] else set()
    return frozenset(fitting | last or range(len(names)))


def _table_and_columns(sql: str) -> set[str]:
    """Of an index, a foreign key or a unique constraint; empty for any other statement."""
    node: Any = parse(sql)
    match type(node).__name__:
        case "IndexStmt":
            columns = [one.index_elem.name for one in node.index_params if one.index_elem.name]
            return {node.relation.relname, *columns}
        case "AlterTableStmt":
            constraints: Any = find(node, "Constraint")
            columns = [key.string.sval for one in constraints for key in (*one.fk_attrs, *one.keys)]
            return {node.relation.relname, *columns} if columns and "ADD CONSTRAINT" in sql else set()
    return set()


def _folded(sql: str) -> str:
    return _TEXT.sub("''", " ".join(sql.split()).rstrip("; "))
