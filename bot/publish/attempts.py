"""What came of the simple fixes that were tried."""

from __future__ import annotations

from checks.model import Attempt

WORKS = "Tried: {title} → it works. {outcome}"
FAILS = "Tried: {title} → {outcome}"


def attempt_line(attempt: Attempt) -> str:
    """One sentence, with what is quoted between backticks."""
    if attempt.worked:
        return WORKS.format(title=attempt.title, outcome=attempt.outcome)
    return FAILS.format(title=attempt.title, outcome=attempt.outcome[:1].lower() + attempt.outcome[1:])
