"""Where a statement stands in its file, and changes of the text there."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from checks.model import Statement

_CLOSING = re.compile(r"\s*;")
_NOT_CODE = re.compile(
    r"--[^\n]*|/\*.*?\*/|[eE]?'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|(?P<tag>\$(?:[A-Za-z_]\w*)?\$).*?(?P=tag)",
    re.DOTALL,
)
"""Comments, strings, quoted names and dollar quotes (PostgreSQL docs, 4.1)."""


@dataclass(frozen=True)
class Place:
    """A run of characters of a file; the end is not included."""

    start: int
    end: int

    def of(self, text: str) -> str:
        return text[self.start : self.end]


def place_of(statement: Statement, text: str) -> Place | None:
    """The characters of a statement, without its semicolon; None when the file does not hold it as it is sent."""
    lines = text.split("\n")
    start = sum(len(line) + 1 for line in lines[: statement.line - 1])
    found = text.find(statement.sql, start)
    first_line_ends = start + len(lines[statement.line - 1]) if statement.line <= len(lines) else -1
    if found == -1 or found > first_line_ends:
        return None
    return Place(found, found + len(statement.sql))


def with_semicolon(place: Place, text: str) -> Place:
    """The place of a statement with the semicolon that ends it."""
    found = _CLOSING.match(text, place.end)
    return Place(place.start, found.end()) if found else place


def replaced(text: str, changes: Iterable[tuple[Place, str]]) -> str:
    """The text with something else in these places, which do not overlap."""
    for place, new in sorted(changes, key=lambda change: change[0].start, reverse=True):
        text = text[: place.start] + new + text[place.end :]
    return text


def removed(text: str, place: Place) -> str:
    """The text without a statement, its semicolon, and the line when nothing else stands on it."""
    whole = with_semicolon(place, text)
    line_start = text.rfind("\n", 0, whole.start) + 1
    line_end = text.find("\n", whole.end)
    line_end = len(text) if line_end == -1 else line_end + 1
    alone = not text[line_start : whole.start].strip() and not text[whole.end : line_end].strip()
    return replaced(text, [(Place(line_start, line_end) if alone else whole, "")])


def code_only(sql: str) -> str:
    """The same number of characters, with a blank for each that is a comment or stands in quotes."""
    return _NOT_CODE.sub(lambda found: " " * len(found[0]), sql)
