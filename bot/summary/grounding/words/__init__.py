"""English words that stand where a name could stand, so that they are not taken for one; and names that many tables have."""

from __future__ import annotations

from importlib.resources import files


def _words(name: str) -> frozenset[str]:
    return frozenset((files(__name__) / f"{name}.txt").read_text().split())


PLURALS = _words("plurals")
"""Plural nouns, and other words that end like one."""

ORDINARY = PLURALS | _words("ordinary")

COMMON_NAMES = _words("common_names")
"""What tables and columns are often called; unknown ones stand where the grammar of English has a name."""

TECHNICAL = _words("technical")
"""Spelled like names, and nobody's tables."""

AMBIGUOUS = _words("ambiguous")
"""Words that a summary cannot do without: the name of a table only between backticks or in full."""
