"""The values that a CHECK, a domain or a partition bound itself names: where acceptable rows begin.

``status = ANY (ARRAY['new', 'paid'])`` names two; ``char_length(code) = 8`` names a length; ``code ~ '^[A-Z]{3}$'``
names a pattern, of which samples are made.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from re import _constants as op  # type: ignore[attr-defined]
from re import _parser as regex  # type: ignore[attr-defined]
from typing import Any

_STRING = re.compile(r"E?'((?:[^']|'')*)'")
_NUMBER = re.compile(r"(?<![\w.$])-?\d+(?:\.\d+)?(?![\w.])")
_IS_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_PATTERN_SIGNS = re.compile(r"[\^$\[\](){}*+?\\|]")
MOST = 60
"""Literals kept per column."""
LONGEST_LENGTH = 5_000
SAMPLES = 12
"""Strings made of one pattern."""


@dataclass(frozen=True)
class Literals:
    strings: tuple[str, ...]
    numbers: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.strings or self.numbers)

    def texts(self) -> tuple[str, ...]:
        """The strings, samples of those that are patterns, and strings as long as the numbers say."""
        made = [sample for text in self.strings for sample in _samples(text)]
        lengths = [int(n) for n in self.numbers if n.isdigit() and 0 < int(n) <= LONGEST_LENGTH]
        made += [_of_length(length) for length in lengths]
        return _unique([*made, *self.strings])


def literals(sources: Iterable[str]) -> Literals:
    """What occurs in the expressions, in their order, each once. A quoted number is both: ``'-1'::integer``."""
    strings: list[str] = []
    numbers: list[str] = []
    for source in sources:
        for match in _STRING.finditer(source):
            text = match[1].replace("''", "'")
            strings += _elements(text.replace("\\\\", "\\") if match[0].startswith("E") else text)
        numbers += [text for text in strings if _IS_NUMBER.fullmatch(text)]
        numbers += _NUMBER.findall(_STRING.sub(" ", source))
    return Literals(_unique(strings), _unique(numbers))


def _elements(text: str) -> list[str]:
    """``{a,b}``, an array's text, as its elements too."""
    if text.startswith("{") and text.endswith("}") and len(text) > 2:
        return [text, *(part.strip('" ') for part in text[1:-1].split(","))]
    return [text]


def _unique(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(texts))[:MOST]


def _of_length(length: int) -> str:
    return ("a1b2c3d4e5f60789" * (length // 16 + 1))[:length]


def _samples(pattern: str) -> list[str]:
    """Strings that match, if it is a regular expression or a LIKE pattern that Python understands as well."""
    if "%" in pattern:
        return [pattern.replace("%", filling).replace("_", "a") for filling in ("", "x", "1")]
    if not _PATTERN_SIGNS.search(pattern):
        return []
    try:
        tree = regex.parse(_python_regex(pattern))
    except (re.error, OverflowError, RecursionError):
        return []
    return [_Sampler(turn).sample(tree)[:LONGEST_LENGTH] for turn in range(SAMPLES)]


def _python_regex(pattern: str) -> str:
    """PostgreSQL's character classes and word borders in Python's spelling."""
    for name, characters in _CLASSES.items():
        pattern = pattern.replace(f"[:{name}:]", characters)
    return re.sub(r"\\[mMyY]|\(\?[a-z]+\)", "", pattern)


_CLASSES = {"alpha": "a-zA-Z", "digit": "0-9", "alnum": "a-zA-Z0-9", "upper": "A-Z", "lower": "a-z",
            "space": r"\s", "xdigit": "0-9a-fA-F", "punct": "-.", "word": "a-zA-Z0-9_"}  # fmt: skip
_CATEGORIES = {"CATEGORY_DIGIT": "5", "CATEGORY_WORD": "w", "CATEGORY_SPACE": " ",
               "CATEGORY_NOT_DIGIT": "d", "CATEGORY_NOT_WORD": "-", "CATEGORY_NOT_SPACE": "s"}  # fmt: skip


class _Sampler:
    """Makes one string that matches. It gives up after so many steps: patterns may nest as they like."""

    def __init__(self, turn: int):
        self.turn = turn
        self.steps_left = LONGEST_LENGTH + 1_000

    def sample(self, tree: Any) -> str:
        return "".join(self._one(operation, argument) for operation, argument in tree)

    def _one(self, operation: Any, argument: Any) -> str:
        self.steps_left -= 1
        if operation is op.LITERAL:
            return chr(argument)
        if operation is op.ANY:
            return "a"
        if operation is op.NOT_LITERAL:
            return "a" if argument != ord("a") else "b"
        if operation is op.IN:
            self.turn += 1
            return _of_set(argument, self.turn)
        if operation is op.BRANCH:
            return self.sample(argument[1][self.turn % len(argument[1])])
        if operation is op.SUBPATTERN:
            return self.sample(argument[3])
        if operation in (op.MAX_REPEAT, op.MIN_REPEAT):
            return self._repeated(*argument)
        return ""

    def _repeated(self, least: int, most: Any, what: Any) -> str:
        made = []
        for _ in range(min(least + self.turn % 4, int(most))):
            if self.steps_left <= 0:
                break
            made.append(self.sample(what))
        return "".join(made)


def _of_set(members: Any, turn: int) -> str:
    if members[0][0] is op.NEGATE:
        return next(c for c in "abcxyz019-_ ~" if not _accepts(members[1:], c))
    operation, argument = members[turn % len(members)]
    if operation is op.RANGE:
        first, last = argument
        return chr(first + turn % (last - first + 1))
    if operation is op.LITERAL:
        return chr(argument)
    return _CATEGORIES.get(str(argument), "a")


def _accepts(members: Any, character: str) -> bool:
    return any(
        (operation is op.LITERAL and chr(argument) == character)
        or (operation is op.RANGE and argument[0] <= ord(character) <= argument[1])
        for operation, argument in members
    )
