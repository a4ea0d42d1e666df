"""What people say, a phrase a line: ``<topic>.txt`` has sections in brackets, each of which becomes one pattern.

A line is a regular expression that stands for whole words; one that begins with ``/`` stands as it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib.resources import files


def phrases(topic: str) -> Mapping[str, re.Pattern[str]]:
    """Section → a pattern that finds the first of its phrases."""
    sections: dict[str, list[str]] = {}
    for line in (files(__name__) / f"{topic}.txt").read_text().splitlines():
        if line.startswith("["):
            phrase_of = sections.setdefault(line.strip("[]"), [])
        elif line:
            phrase_of.append(line[1:] if line.startswith("/") else rf"\b{line}\b")
    return {name: re.compile("|".join(of)) for name, of in sections.items()}
