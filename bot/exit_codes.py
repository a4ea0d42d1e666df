"""What a process that validated tells the shell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from checks.model.report import Verdict

FailOn = Literal["fail", "warn"]

PASSED = 0
NOT_PASSED = 1
USAGE_OR_INTERNAL = 2
INTERRUPTED = 130
"""128 + SIGINT, as shells report it."""
TERMINATED = 143
"""128 + SIGTERM."""


def exit_code(verdict: Verdict, fail_on: FailOn) -> int:
    """0 for ``pass``, and for ``warn`` unless ``fail_on`` is ``warn``; 1 for all others: unproven is never green."""
    if verdict == "pass" or (verdict == "warn" and fail_on == "fail"):
        return PASSED
    return NOT_PASSED
