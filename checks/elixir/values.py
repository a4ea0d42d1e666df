"""Elixir's values as Python's: ``nil`` and booleans are None, True and False, a string is a str, a list a list, a
tuple a tuple, a charlist a list of integers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, TypeAlias

Value: TypeAlias = Any
"""Of a stranger's program, so nothing is known of its type."""

_NAMED = {None: "nil", True: "true", False: "false"}


@dataclass(frozen=True, slots=True)
class Atom:
    """Every atom but nil, true and false; a module is ``Elixir.Its.Name``."""

    name: str


@dataclass(frozen=True, slots=True)
class Map:
    """A map; in the order of its keys as Erlang has it up to 32 of them."""

    pairs: dict[Any, Value]


@dataclass(frozen=True, slots=True)
class Range:
    first: int
    last: int
    step: int

    def numbers(self) -> range:
        return range(self.first, self.last + (1 if self.step > 0 else -1), self.step)


@dataclass(frozen=True, slots=True)
class Bits:
    """A bit string that is no string of whole bytes."""

    value: int
    size: int


@dataclass(frozen=True, slots=True)
class ProjectPath:
    """A file of the project, relative to the folder of its mix.exs; where that is deployed nobody knows."""

    path: str


_SIMPLE = re.compile(r"(?:[\w\s.,;:=<>/'\"#@!%&~`|()-]|\\[sSdDwWntr.()/\\\[\]-]|[\[\]+*?^])*")


@dataclass(frozen=True, slots=True)
class Regex:
    """A regular expression that means the same to PCRE and to Python."""

    pattern: str
    modifier: str

    @staticmethod
    def is_simple(pattern: str) -> bool:
        """At most one repetition, and of one character: more could take for ever. No look-around and the like."""
        repeated = len(re.findall(r"(?<!\\)[+*?]", pattern))
        special = re.search(r"\(\?|\[\[|\[:|\)[+*?]", pattern)
        return (
            len(pattern) < 100
            and repeated <= 1
            and special is None
            and _SIMPLE.fullmatch(pattern) is not None
        )

    def compiled(self) -> re.Pattern[str]:
        """Without ``u`` the classes are ASCII's, as in PCRE."""
        flags = re.NOFLAG if self.modifier == "u" else re.ASCII
        return re.compile(self.pattern, flags | (re.IGNORECASE if self.modifier == "i" else re.NOFLAG))


@dataclass(frozen=True, slots=True)
class Unknown:
    """What a variable holds whose value is not constant."""

    reason: str
    line: int


def is_atom(value: Value) -> bool:
    return value is None or value is True or value is False or isinstance(value, Atom)


def is_integer(value: Value) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def is_number(value: Value) -> bool:
    return is_integer(value) or isinstance(value, float)


def is_truthy(value: Value) -> bool:
    return value is not None and value is not False


def atom_name(value: Value) -> str:
    return value.name if isinstance(value, Atom) else _NAMED[value]


def atom(name: str) -> Value:
    """The atom of this name, nil and booleans included."""
    return {"nil": None, "true": True, "false": False}.get(name, Atom(name))


def is_equal(one: Value, other: Value, *, strictly: bool = False) -> bool:
    """``==``, or ``===`` where 1 is not 1.0. Python's own comparison takes True for 1."""
    if isinstance(one, (list, tuple)):
        return (
            type(one) is type(other)
            and len(one) == len(other)
            and all(is_equal(a, b, strictly=strictly) for a, b in zip(one, other, strict=True))
        )
    if is_number(one) and is_number(other):
        return bool(one == other) and (not strictly or type(one) is type(other))
    return type(one) is type(other) and bool(one == other)


def pair_of(pairs: list[Value], key: str) -> tuple[bool, Value]:
    """Whether a keyword list has the key, and the first value of it."""
    for name, value in pairs:
        if isinstance(name, Atom) and name.name == key:
            return True, value
    return False, None


def is_keyword(value: Value) -> bool:
    return isinstance(value, list) and all(
        isinstance(item, tuple) and len(item) == 2 and is_atom(item[0]) for item in value
    )


def term_order(value: Value) -> tuple[Any, ...]:
    """A key that sorts as Erlang does: number < atom < function < tuple < map < list < bit string."""
    if is_number(value):
        return (0, value)
    if is_atom(value):
        return (1, atom_name(value))
    if isinstance(value, tuple):
        return (3, len(value), tuple(map(term_order, value)))
    if isinstance(value, list):
        return (5, tuple(map(term_order, value)))
    if isinstance(value, str):
        return (6, value.encode())
    return (4, repr(value))
