"""Numbers as people say them, and the sentences about production."""

from __future__ import annotations

from checks.model.observations import Prediction

OLD_DAYS = 30
OLD = "The statistics are {days} days old: take them again (docs/statistics.md)."
LEFT_OUT = "The statistics leave out {what}."
ANOTHER_VERSION = "Production runs PostgreSQL {production}, the sandbox {sandbox}."
NO_RATES = (
    "The statistics have no rates: the counters were reset less than an hour before, or it is not known when."
)
WAITED_FOR = (
    "When the statistics were taken, the longest of {count} open transactions had run for {longest}: a lock may "
    "have to wait as long for one like it."
)

LIGHT = "`{table}` has {rows} rows in production and is hardly {used}: a note."
BUSY = "`{table}` has {rows} rows in production, but `{busy}` is {used} often: a warning."
UNKNOWN_TRAFFIC = (
    "`{table}` has {rows} rows in production, but how often `{busy}` is {used} is not known: a warning."
)
KNOWN = "`{table}` has {rows} rows ({size}) in production."
HEAVY = "`{table}` has {rows} rows ({size}) in production: critical."
TAKES = "Predicted there: {range}, from {basis}."

_UNITS = ((1e9, "billion"), (1e6, "M"), (1e3, "k"))
_SIZES = ((1 << 40, "TB"), (1 << 30, "GB"), (1 << 20, "MB"), (1 << 10, "kB"))
_TIMES = ((86_400_000, "d"), (3_600_000, "h"), (60_000, "min"), (1000, "s"), (1, "ms"))


def amount(number: int) -> str:
    """``12``, ``9,400``, ``48 M``."""
    if number < 10_000:
        return f"{number:,}"
    factor, unit = next((factor, unit) for factor, unit in _UNITS if number >= factor)
    return f"{_figures(number / factor)} {unit}"


def size(number: int) -> str:
    """``300 MB``."""
    for factor, unit in _SIZES:
        if number >= factor:
            return f"{_figures(number / factor)} {unit}"
    return f"{number} bytes"


def duration(ms: float) -> str:
    """``0.9 s``, ``40 s``, ``2 min``, with two figures."""
    for factor, unit in _TIMES:
        if ms >= (0.1 * factor if unit == "s" else factor):
            return f"{_figures(ms / factor)} {unit}"
    return "1 ms"


def span(low_ms: float, high_ms: float) -> str:
    """``40 s to 2 min``; one of them when both are said the same way."""
    low, high = duration(low_ms), duration(high_ms)
    return f"about {low}" if low == high else f"about {low} to {high}"


def basis(prediction: Prediction) -> str:
    """``0.9 s at 1 M rows``."""
    last = prediction.timed[-1]
    return f"{duration(last.ms)} at {amount(last.rows)} rows here"


def prediction_line(prediction: Prediction) -> str:
    """``about 40 s to 2 min at 48 M rows, from 0.9 s at 1 M rows here``."""
    said = span(prediction.low_ms, prediction.high_ms)
    return f"{said} at {amount(prediction.rows)} rows, from {basis(prediction)}"


def _figures(value: float) -> str:
    """Two figures: ``1.2``, ``48``, ``480``."""
    return f"{value:.1f}".removesuffix(".0") if value < 9.95 else f"{value:.0f}"
