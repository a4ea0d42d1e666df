"""From times at a few numbers of rows to a range at production's: how the work grows, and how sure that is.

What is not known widens the range: which of several growths it is (all pairs of sizes, and the straight line from nothing),
how far the runs of one size are apart, how far away production is, rows of another width, and what the sandbox's rows cannot
tell (``Doubt``). ``benchmarks/predict.py`` measures how often the range holds what then happens.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from enum import Enum, auto
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
SLOWER_AT_RANDOM = 2.2
"""The same where each row leads to another place. Measured from 71,000 to a million rows: joined UPDATE 1.6, CLUSTER 1.6, GIN 2."""
UNEVEN = 2.0
FEW_GROUPS = 3.0


class Doubt(Enum):
    """How a statement can take another time on rows that are as many and as wide."""

    VALUES = auto()
    """Hash, GIN, GiST and SP-GiST indexes cost what there are values, and how they lie: ``UNEVEN`` more."""
    PLACES = auto()
    """Rows lead to places all over a table, an index or a hash table. A small one is in the processor's cache, production's is not."""
    GROUPS = auto()
    """Of few groups the result is small: down to a part in ``FEW_GROUPS``."""


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
    doubts: Collection[Doubt] = (),
) -> Prediction:
    """``rows`` are production's; ``runs`` are milliseconds by number of rows, at least two of them."""
    timed = [Timed(rows=count, ms=min(times)) for count, times in sorted(runs.items())][-MOST_SIZES:]
    guesses = [guess for kind in _kinds(growth) for guess in _guesses(timed, rows, _GROWTHS[kind])]
    spread = min(MOST_SPREAD, max(LEAST_SPREAD, *(max(times) / min(times) for times in runs.values())))
    decades = max(0.0, log10(rows / timed[-1].rows))
    low = min(guesses) / spread * FASTER**decades * min(1.0, width)
    low /= FEW_GROUPS if Doubt.GROUPS in doubts else 1.0
    slower = SLOWER_AT_RANDOM if Doubt.PLACES in doubts else SLOWER
    high = max(guesses) * spread * slower**decades * max(1.0, width)
    high *= UNEVEN if Doubt.VALUES in doubts else 1.0
    return Prediction(
        relation=relation,
        rows=rows,
        low_ms=max(low, timed[-1].ms) if rows >= timed[-1].rows else low,
        high_ms=high,
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
