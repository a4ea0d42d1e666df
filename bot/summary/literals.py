"""Literals of a migration, taken out before a model sees its SQL and put back into what the model writes.

A string in SQL may be a secret or somebody's data; a redesign still has to have the very same default in it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_LITERAL = re.compile(r"'(?:[^']|'')*'")
_PLACEHOLDER = re.compile(r"'literal-(?P<number>\d{1,4})'")


@dataclass
class Literals:
    """Those of one case, each under a number of its own."""

    _known: list[str] = field(default_factory=list)

    def hidden(self, sql: str) -> str:
        """The SQL with ``'literal-1'`` in the place of each string that is not empty."""
        return _LITERAL.sub(self._hide, sql)

    def shown(self, sql: str) -> str:
        """The SQL with the strings back; a number that was never given out stays as it is."""
        return _PLACEHOLDER.sub(self._show, sql)

    def _hide(self, found: re.Match[str]) -> str:
        literal = found[0]
        if literal == "''":
            return literal
        if literal not in self._known:
            self._known.append(literal)
        return f"'literal-{self._known.index(literal) + 1}'"

    def _show(self, found: re.Match[str]) -> str:
        place = int(found["number"]) - 1
        return self._known[place] if 0 <= place < len(self._known) else found[0]
