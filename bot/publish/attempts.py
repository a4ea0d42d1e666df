"""What came of the simple fixes that were tried."""

from __future__ import annotations

from checks.model.findings import Attempt

TRIED = "Tried: {line}"
WORKS = "{title} → it works. {outcome}"
FAILS = "{title} → {outcome}"


def attempt_line(attempt: Attempt) -> str:
    """What was changed and what came of it, as one sentence that stands by itself."""
    return TRIED.format(line=came_of(attempt))


def came_of(attempt: Attempt) -> str:
    """The same behind a heading that says that it was tried."""
    if attempt.worked:
        return WORKS.format(title=attempt.title, outcome=attempt.outcome)
    outcome = attempt.outcome[:1].lower() + attempt.outcome[1:]
    return FAILS.format(title=attempt.title, outcome=outcome)
