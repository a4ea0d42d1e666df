"""Figures as prose writes them: ``about 1,200``, ``less than 3 s``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_FIGURE = re.compile(
    r"(?<![\w.$/-])(?P<number>\d{1,3}(?:,\d{3})+(?!\d)|\d+(?:\.\d+)?)"
    r"(?P<unit>\s?(?:ms|s|us|µs|h|d|k|M|[kMGT]B|%|percent|million|billion)\b|%"
    r"|\s?(?:milli|micro)?seconds?\b|\s?(?:secs?|min|minutes?|hours?)\b)?"
)
APPROXIMATE = re.compile(r"(?:about|around|roughly|approximately|nearly|almost|some|circa|ca\.?|~|≈)\s*$")
AT_MOST = re.compile(r"(?:less than|under|below|at most|up to|fewer than|no more than|<|≤)\s*(?:an? |one )?$")
AT_LEAST = re.compile(r"(?:more than|over|above|at least|>|≥)\s*$")
MILLISECONDS = {"µs": 0.001, "us": 0.001, "microsecond": 0.001, "ms": 1, "millisecond": 1, "s": 1000, "sec": 1000, "second": 1000, "min": 60_000, "minute": 60_000, "hour": 3_600_000, "h": 3_600_000, "d": 86_400_000}  # fmt: skip


@dataclass(frozen=True)
class Figure:
    value: float
    step: float
    """What the last digit that is written counts."""
    unit: str
    before: str
    text: str


def figures_in(text: str) -> Iterator[tuple[Figure, int]]:
    """Each with the place where it begins."""
    for found in _FIGURE.finditer(text):
        digits = found["number"].rstrip(",")
        decimals = len(digits.partition(".")[2])
        unit = (found["unit"] or "").strip().lower()
        unit = unit if unit in MILLISECONDS or unit in ("%", "k", "percent") else unit.rstrip("s")
        before = text[: found.start()].lower()
        yield (
            Figure(float(digits.replace(",", "")), 10.0**-decimals, unit, before, found.group(0)),
            found.start(),
        )
