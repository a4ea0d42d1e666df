"""The number with which a migration's file, or its folder, begins."""

from __future__ import annotations

import re

from checks.frameworks.view import base_name, join, parent

_NUMBER = re.compile(r"(?P<letter>[VU]?)(?P<number>[0-9]+(?:[.][0-9]+)*)")
"""Of a migration, as its file begins; Flyway's with a letter."""


def number_of(path: str) -> str:
    """With which the name of the file begins, or else that of its folder (Prisma, Diesel); empty when none does."""
    found = _NUMBER.match(base_name(path)) or _NUMBER.match(base_name(parent(path)))
    return found["number"] if found else ""


def renumbered(path: str, number: str, other: str) -> str:
    """The path with another number; as it is where it does not begin with ``number``."""
    folder, name = parent(path), base_name(path)
    if _NUMBER.match(name):
        return join(folder, _with_number(name, number, other))
    return join(join(parent(folder), _with_number(base_name(folder), number, other)), name)


def _with_number(name: str, number: str, other: str) -> str:
    found = _NUMBER.match(name)
    return found["letter"] + other + name[found.end() :] if found and found["number"] == number else name
