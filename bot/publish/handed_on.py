"""A case that was handed to a stronger model, in the words that every format shares."""

from __future__ import annotations

from collections.abc import Sequence

from bot.publish.wording import listed
from bot.summary.model import Escalation, Redesign

ALSO = "{gravest} (also: {others})"
WORKS = "A model's redesign: it was run, and works"
IDEA = "An idea that does not work yet"
ANALYSIS = "A closer look"
FILES = "The files as they were run"
NOT_WORKING = "⚠️ Not working: the files as they were run"


def error_types(escalation: Escalation) -> str:
    others = [kind.value for kind in escalation.also]
    gravest = escalation.error_type.value
    return ALSO.format(gravest=gravest, others=listed(others)) if others else gravest


def record_lines(escalation: Escalation) -> list[tuple[str, Sequence[str]]]:
    """The record behind its error type, in its order."""
    return [
        ("Details", escalation.details),
        ("What I Attempted", escalation.attempted),
        ("Why Escalation Needed", (escalation.why,)),
        ("Suggested Action", (escalation.suggested_action,)),
        ("Context for Sonnet", escalation.context),
    ]


def redesign_title(redesign: Redesign) -> str:
    if redesign.works:
        return WORKS
    return IDEA if redesign.files else ANALYSIS


def redesign_files(redesign: Redesign) -> str:
    return FILES if redesign.works else NOT_WORKING
