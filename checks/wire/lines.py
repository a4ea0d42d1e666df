"""The line of a migration's file that a statement comes from.

A framework does not say which of its calls sent a statement. Where the file has the statement's own text, that is the
place; so is the call that its tool has named (``origins.py``). Anywhere else it is a good guess: the call whose words
are those of the statement (the names of tables, columns and indexes, and `add_index` for CREATE INDEX), with what is written
below it, further in. Statements run in the order of the calls, so of two that fit alike the next one is taken. Lines of the
other direction (`down` for a way up) are not looked at, nor is Python that sends nothing.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from checks.wire.origins import ANYWHERE, Direction, Origin

_NAME = re.compile(r"[^\W\d]\w*")
_PART = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[^\W\d_a-zA-Z]+")
_SPACE = re.compile(r"[\s\\]+")
_ESCAPE = re.compile(r"\\(?=[\"'`])")
"""Of a quote in a string."""
_HEAD = re.compile(
    r"(?P<indent>\s*)(?:(?:async|def|export|const|function|public|static|exports|module)\b[\s.]*)*(?:self\.)?"
    r"(?P<name>up|down|change|upgrade|downgrade)\b\s*(?:[(=:]|$)"
)
"""``def change``, ``exports.up = (knex) =>``, ``async down(queryRunner) {``, ``def upgrade():``."""
_DIRECTION: Mapping[str, Direction] = {"up": "up", "upgrade": "up", "down": "down", "downgrade": "down"}
_SAID_BY_ALL = frozenset(
    _NAME.findall(
        """add remove change rename all alter and as async await by cascade column columns concurrently constraint create default delete drop
        false from if in index insert into is key name not null of on or primary references select set table true type
        unique up update using values where with bigint integer text varchar boolean timestamp numeric public id"""
    )
)
_LIGHT = 0.5
"""What a word that all say counts, against one that names something."""
_WHOLE = 16
"""How much more it counts that a call has all of the statement's words than that it has no others (an F-measure)."""
_BACK, _AGAIN = 0.3, 0.05
"""What it costs to go back to an earlier line, and to stay at the same. These four fit best where the lines are known:
978 statements of four Rails applications, of which 95 % are told right (`docs/evidence.md`)."""
_CALLED = {"create": "add", "drop": "remove", "alter": "change"}
"""Words of SQL with what frameworks say for them: ``remove_index`` sends DROP INDEX."""

Places = Mapping[int, float]
"""Lines, from 0, with how well a statement fits there: 1 is its own text."""


@dataclass(frozen=True)
class _Fits:
    """Where one statement can come from."""

    fits: Places
    is_sure: bool = False


@dataclass(frozen=True)
class _Way:
    """Lines for the statements so far, with what they are worth together."""

    worth: float
    lines: tuple[int, ...]


class Told(NamedTuple):
    """The line that is told for a statement, from 1."""

    line: int
    is_guess: bool


def lines_of(
    statements: Sequence[str], text: str, direction: Direction = "up", origins: Sequence[Origin] = ()
) -> list[Told]:
    """For each; the first line where nothing in the file is about a statement.

    ``origins`` say for each what is known of its place beforehand; none: nothing of any.
    """
    source = _source(text, direction)
    known = origins or [ANYWHERE] * len(statements)
    places = [source.places(sql, origin) for sql, origin in zip(statements, known, strict=True)]
    told = [one.fits for one in places if one.fits]
    way = _along(told)
    if direction == "down":  # Rails goes a `change` backwards
        back = _along(told[::-1])
        way = _Way(back.worth, back.lines[::-1]) if back.worth > way.worth else way
    lines = iter(way.lines)
    return [Told(next(lines) + 1 if one.fits else 1, not one.is_sure) for one in places]


@lru_cache(maxsize=4)
def _source(text: str, direction: Direction) -> _Source:
    """Many changesets of Liquibase stand in one file."""
    return _Source(text, direction)


def _along(places: Sequence[Places]) -> _Way:
    """The best way through the file from its beginning to its end."""
    ways = {-1: _Way(0.0, ())}
    for one in places:
        ways = {line: _reached(line, fit, ways) for line, fit in one.items()}
    return max(ways.values(), key=lambda way: way.worth)


def _reached(line: int, fit: float, ways: Mapping[int, _Way]) -> _Way:
    def worth(before: int) -> float:
        return ways[before].worth - (_BACK if before > line else _AGAIN if before == line else 0.0)

    best = max(ways, key=worth)
    return _Way(worth(best) + fit, (*ways[best].lines, line))


class _Source:
    """A file, with the words of each of its calls."""

    def __init__(self, text: str, direction: Direction) -> None:
        self._lines = text.splitlines()
        self._direction = direction
        self._other = frozenset(self._lines_of_the_other())
        self._flat, self._starts = _flattened(self._lines)
        words = [_words(line) for line in self._lines]
        common = Counter(word for line in words for word in line)
        self._weight = {word: _weight(word) / number for word, number in common.items()}
        self._calls = [self._call(place, words) for place in range(len(words))]
        self._worth = [self._sum(call) for call in self._calls]

    def places(self, sql: str, origin: Origin) -> _Fits:
        """Where it may come from; nowhere when nothing in the file is about it."""
        anywhere = [*self._literal(sql)]
        own = [place for place in anywhere if origin.has(place + 1)] or anywhere
        if own:
            return _Fits(dict.fromkeys(own, 1.0), is_sure=len(own) == 1)
        if origin.call and origin.is_sure:
            return _Fits({origin.call - 1: 1.0}, is_sure=True)
        fits = self._fits(sql, origin)
        return _Fits(fits or ({origin.call - 1: 1.0} if origin.call else {}))

    def _fits(self, sql: str, origin: Origin) -> Places:
        said = _words(sql)
        said = said.union(_CALLED[word] for word in said & _CALLED.keys()) & self._weight.keys()
        names = said - _SAID_BY_ALL
        if not names:
            return {}
        total = self._sum(said)
        fits = {
            place: (_WHOLE + 1) * self._sum(said & call) / (_WHOLE * total + self._worth[place])
            for place, call in enumerate(self._calls)
            if names & call and origin.begins(place + 1)
        }
        best = max(fits.values(), default=0.0)
        return {place: fit for place, fit in fits.items() if fit > best / 2}

    def _literal(self, sql: str) -> Iterator[int]:
        wanted = _folded(sql)
        start = self._flat.find(wanted) if " " in wanted else -1
        while start >= 0:
            place = bisect_right(self._starts, start) - 1
            if place not in self._other:
                yield place
            start = self._flat.find(wanted, start + 1)

    def _call(self, place: int, words: Sequence[frozenset[str]]) -> frozenset[str]:
        """The words of a line and of those below it that are further in; none for what is no call of this direction."""
        line = self._lines[place]
        if place in self._other or not words[place] or _HEAD.match(line) or _is_class(line):
            return frozenset()
        return words[place].union(*(words[inner] for inner in below(self._lines, place)))

    def _lines_of_the_other(self) -> Iterator[int]:
        for place, line in enumerate(self._lines):
            head = _HEAD.match(line)
            if head and _DIRECTION.get(head["name"], self._direction) != self._direction:
                yield from (place, *below(self._lines, place))

    def _sum(self, words: frozenset[str]) -> float:
        return sum(self._weight[word] for word in words)


def below(lines: Sequence[str], place: int) -> Iterator[int]:
    """The lines, from 0, that are further in than the one at ``place``, as far as they follow it."""
    indent = _indent(lines[place])
    for inner in range(place + 1, len(lines)):
        if lines[inner].strip():
            if _indent(lines[inner]) <= indent:
                return
            yield inner


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _is_class(line: str) -> bool:
    return (
        re.match(r"\s*(?:(?:export|default|module\.exports\s*=|abstract)\s*)*(?:class\b|\{)", line)
        is not None
    )


def _words(text: str) -> frozenset[str]:
    """Names whole and in parts: ``addIndex`` has ``add`` and ``index``, as ``add_index`` and CREATE INDEX have."""
    names = _NAME.findall(text)
    parts = (part for name in names for part in _PART.findall(name))
    return frozenset(word.lower() for word in (*names, *parts) if len(word) > 1)


def _weight(word: str) -> float:
    return _LIGHT if word in _SAID_BY_ALL else 1.0


def _flattened(lines: Sequence[str]) -> tuple[str, list[int]]:
    """In one line without the backslashes of strings, and where each line begins in it."""
    flat, starts = "", list[int]()
    for line in lines:
        starts.append(len(flat))
        flat += f"{_folded(line)} "
    return flat, starts


def _folded(text: str) -> str:
    return _SPACE.sub(" ", _ESCAPE.sub("", text)).strip()
