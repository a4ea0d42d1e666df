"""Where a statement stands in its file, and changes of the text there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate

from postgast import PgQueryError, pg_query_pb2, scan

from checks.model.migrations import Statement

_CLOSING = re.compile(r"\s*;")
_NOT_CODE = frozenset(
    {
        pg_query_pb2.SQL_COMMENT,
        pg_query_pb2.C_COMMENT,
        pg_query_pb2.SCONST,
        pg_query_pb2.USCONST,
        pg_query_pb2.BCONST,
        pg_query_pb2.XCONST,
    }
)
"""Tokens of PostgreSQL's scanner that are comments and literals; a quoted name is told by its quote."""


@dataclass(frozen=True)
class Place:
    """A run of characters of a file; the end is not included."""

    start: int
    end: int

    def of(self, text: str) -> str:
        return text[self.start : self.end]


def line_starts(text: str) -> Sequence[int]:
    """Where each line begins, in characters from 0."""
    return [0, *accumulate(len(line) + 1 for line in text.split("\n"))]


def place_of(statement: Statement, text: str, starts: Sequence[int]) -> Place | None:
    """The characters of a statement, without its semicolon; None when the file does not hold it as it is sent.

    ``starts`` is what ``line_starts`` gives for the text.
    """
    if statement.line >= len(starts):
        return None
    start, next_line = starts[statement.line - 1], starts[statement.line]
    found = text.find(statement.sql, start, next_line + len(statement.sql))
    return Place(found, found + len(statement.sql)) if found != -1 else None


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
    """The same number of characters, with a blank for each that is a comment or stands in quotes.

    Empty for what PostgreSQL's scanner does not get through: there an open quote makes everything doubtful.
    """
    source = sql.encode()
    pieces: list[str] = []
    done = 0
    try:
        tokens = scan(sql).tokens
    except PgQueryError:
        return ""
    for token in tokens:
        if token.token in _NOT_CODE or source[token.start : token.start + 1] == b'"':
            pieces.append(source[done : token.start].decode())
            pieces.append(" " * len(source[token.start : token.end].decode()))
            done = token.end
    return "".join([*pieces, source[done:].decode()])
