"""Whether a duration that is told was measured."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.summary.grounding.claim import Claim
from bot.summary.grounding.figures import APPROXIMATE, AT_LEAST, AT_MOST, MILLISECONDS, Figure

NO_DURATION = "{text} was not measured; what it cites took {there}"

_A_UNIT = re.compile(r"\b(?:a|one) (?P<unit>millisecond|second|minute)\b")


def is_measured(figure: Figure, claim: Claim) -> bool:
    factor = MILLISECONDS[figure.unit]
    value, step = figure.value * factor, figure.step * factor
    for took in _durations(claim):
        if AT_MOST.search(figure.before) and took <= value:
            return True
        if AT_LEAST.search(figure.before) and value <= took <= value * 3:
            return True
        around = max(step * 0.51, value * 0.15 if APPROXIMATE.search(figure.before) else 0)
        if abs(took - value) <= around + 1e-9:
            return True
    return False


def _durations(claim: Claim) -> Iterator[float]:
    """Of each statement, of each script, of all together, of the whole run."""
    yield from (one.duration_ms for one in claim.statements)
    yield from (
        sum(one.duration_ms for one in group)
        for group in (claim.statements, claim.cited.ups, claim.cited.downs)
    )
    yield from (sum(one.duration_ms for one in each.up.statements) for each in claim.cited.migrations)
    yield claim.report.duration_ms


def units_alone(text: str, claim: Claim) -> Iterator[str]:
    """``less than a millisecond``."""
    for found in _A_UNIT.finditer(text.lower()):
        before = text[: found.start()].lower() + "a "
        figure = Figure(1.0, 1.0, found["unit"], before, found.group(0))
        if (AT_MOST.search(before) or AT_LEAST.search(before[:-2])) and not is_measured(figure, claim):
            yield NO_DURATION.format(
                text=found.group(0), there=", ".join(f"{one:.1f} ms" for one in _durations(claim))
            )
