"""One sentence, and the evidence that it names for itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bot.model import Model
from bot.summary.grounding.evidence import Evidence, everything, what_is_cited
from bot.summary.model import Draft, Sentence, Summary
from checks.model import Report

PARTS = ("changes", "running_system", "rollout", "rollback", "open")
"""Of a Draft and a Summary, behind the headline."""


class Fault(Model):
    """Why a sentence is not shown. ``reason`` is written for whoever is to write it again."""

    part: str
    """``headline``, or one of ``PARTS``."""
    index: int
    """Which sentence of the part, from 0."""
    text: str
    reason: str


@dataclass(frozen=True)
class Claim:
    part: str
    index: int
    text: str
    rests_on: tuple[str, ...]
    cited: Evidence
    """What the ids in ``rests_on`` stand for."""
    whole: Evidence
    """All of the Report."""
    report: Report


def claims_of(draft: Draft | Summary, report: Report) -> Iterator[Claim]:
    whole = everything(report)
    for part, index, sentence in _sentences(draft):
        cited = what_is_cited(sentence.rests_on, report)
        yield Claim(part, index, sentence.text, sentence.rests_on, cited, whole, report)


def _sentences(draft: Draft | Summary) -> Iterator[tuple[str, int, Sentence]]:
    yield "headline", 0, draft.headline
    for part in PARTS:
        for index, sentence in enumerate(getattr(draft, part)):
            yield part, index, sentence
