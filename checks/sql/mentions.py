"""Which names statements may touch, also the ones inside function bodies, DO blocks and string literals."""

from __future__ import annotations

import re
from collections.abc import Iterable

from checks.model.migrations import Statement

_WORD = re.compile(r"[^\W\d][\w$]*")
_QUOTED = re.compile(r'"((?:[^"]|"")+)"')


def words(statements: Iterable[Statement]) -> frozenset[str]:
    """Every identifier that occurs anywhere in the statements: as written, and in lower case.

    It names too much (keywords, words of comments), never too little, unless a name is put together
    while they run.
    """
    found: set[str] = set()
    for statement in statements:
        for word in _WORD.findall(statement.sql):
            found.update((word, word.lower()))
        found.update(name.replace('""', '"') for name in _QUOTED.findall(statement.sql))
    return frozenset(found)
