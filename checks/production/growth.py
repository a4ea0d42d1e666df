"""From times at a few numbers of rows to a range at production's: how the work grows, and how sure that is.

What is not known widens the range: which of several growths it is (all pairs of sizes, and the straight line from nothing),
how far the runs of one size are apart, how far away production is, and rows of another width. ``benchmarks/predict.py``
measures how often the range holds what then happens.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import combinations
from math import log2, log10
from typing import Literal

from checks.model.observations import Prediction, Timed

Growth = Literal["linear", "n log n"]
LEAST_SPREAD, MOST_SPREAD = 1.15, 2.0
"""Of the runs of one size: no machine repeats itself better, and beyond it the fastest run still counts."""
MOST_SIZES = 3
"""The largest ones: what takes the same time for any number of rows hides the growth at the small ones."""
FASTER, SLOWER = 0.85, 1.35
"""For each ten times more rows: caches, sorts and index trees that no longer fit make it slower rather than faster."""

UNEVEN = 2.0
"""For hash, GIN, GiST and SP-GiST indexes, whose cost depends on how many values there are and how they lie."""

_GROWTHS: Mapping[Growth, Callable[[float], float]] = {
    "linear": lambda n: n,
    "n log n": lambda n: n * log2(n + 2),
}


def predict(
    relation: str,
    rows: int,
    runs: Mapping[int, Sequence[float]],
    growth: Growth,
    width: float,
    *,
    is_uneven: bool = False,
) -> Prediction:
    """``rows`` are production's; ``runs`` are milliseconds by number of rows, at least two of them."""
    timed = [Timed(rows=count, ms=min(times)) for count, times in sorted(runs.items())][-MOST_SIZES:]
    guesses = [guess for kind in _kinds(growth) for guess in _guesses(timed, rows, _GROWTHS[kind])]
    spread = min(MOST_SPREAD, max(LEAST_SPREAD, *(max(times) / min(times) for times in runs.values())))
    decades = max(0.0, log10(rows / timed[-1].rows))
    low = min(guesses) / spread * FASTER**decades * min(1.0, width)
    return Prediction(
        relation=relation,
        rows=rows,
        low_ms=max(low, timed[-1].ms) if rows >= timed[-1].rows else low,
        high_ms=max(guesses) * spread * SLOWER**decades * max(1.0, width) * (UNEVEN if is_uneven else 1.0),
        growth=growth,
        timed=tuple(timed),
        width=width,
    )


def _kinds(growth: Growth) -> Sequence[Growth]:
    """A build reads the rows, too, which is linear."""
    return ("linear", "n log n") if growth == "n log n" else ("linear",)


def _guesses(timed: Sequence[Timed], rows: int, work: Callable[[float], float]) -> Iterator[float]:
    last = timed[-1]
    yield last.ms * work(rows) / work(last.rows)
    for less, more in combinations(timed, 2):
        slope = (more.ms - less.ms) / (work(more.rows) - work(less.rows))
        if slope > 0:
            yield max(last.ms + slope * (work(rows) - work(last.rows)), 0.001)
