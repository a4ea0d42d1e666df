"""One sentence, and the evidence that it names for itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from bot.model import Model
from bot.summary.grounding.evidence import Evidence, everything, what_is_cited
from bot.summary.grounding.reading import NAME, Reading, clauses_of
from bot.summary.model import Draft, Sentence, Summary
from checks.model.observations import Observation
from checks.model.report import Report

PARTS = ("changes", "running_system", "rollout", "rollback", "open")
"""Of a Draft and a Summary, behind the headline."""

_LINES = re.compile(r"\blines? (\d+)(?:(?: ?[-–] ?| to | and )(\d+))?")
_BACKWARDS = re.compile(
    r"\b(?:down|rollback|(?<!was )(?<!is )roll(?:s|ed|ing)? (?:\w+ )?back|go(?:ing|es)? back|revert\w*|undo\w*|way back)\b"
)


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
    reading: Reading

    @cached_property
    def english(self) -> str:
        """Its words, with ``§`` for each name and for each message of the server that it quotes."""
        english = self.reading.english
        for one in self.cited.observations:
            if one.error:
                english = english.replace(Reading(one.error.message, self.reading.names).english, NAME)
        return english

    @cached_property
    def clauses(self) -> tuple[str, ...]:
        return clauses_of(self.english)

    @cached_property
    def lines(self) -> frozenset[int]:
        """The numbers of lines that it names."""
        found = _LINES.findall(self.reading.english)
        return frozenset(int(number) for pair in found for number in pair if number)

    @cached_property
    def speaks_of_the_way_back(self) -> bool:
        return bool(_BACKWARDS.search(self.english))

    @property
    def is_about_the_way_back(self) -> bool:
        return self.part == "rollback" or self.speaks_of_the_way_back

    @cached_property
    def statements(self) -> tuple[Observation, ...]:
        """The cited statements that it is about: of the lines that it names, of the down only where it speaks of it."""
        cited = (
            self.cited.observations if self.is_about_the_way_back or not self.cited.ups else self.cited.ups
        )
        at_lines = tuple(one for one in cited if any(one.line <= line <= one.end_line for line in self.lines))
        return at_lines or cited


def claims_of(draft: Draft | Summary, report: Report) -> Iterator[Claim]:
    whole = everything(report)
    names = _names_of(whole)
    for part, index, sentence in _sentences(draft):
        cited = what_is_cited(sentence.rests_on, report)
        reading = Reading(sentence.text, names)
        yield Claim(part, index, sentence.text, sentence.rests_on, cited, whole, report, reading)


def _sentences(draft: Draft | Summary) -> Iterator[tuple[str, int, Sentence]]:
    yield "headline", 0, draft.headline
    for part in PARTS:
        for index, sentence in enumerate(getattr(draft, part)):
            yield part, index, sentence


def _names_of(whole: Evidence) -> frozenset[str]:
    """Relations, short and in full; columns and constraints only in full, for many are plain English words."""
    full = {lock.relation for one in whole.observations for lock in one.locks}
    full |= {table for migration in whole.migrations for table in migration.rows_before}
    full |= {one.name for one in whole.differences if one.object_type in ("table", "index", "view")}
    objects = {one.name for one in whole.differences}
    spellings = {name for one in full for name in (one, one.rpartition(".")[2])}
    spellings |= {name for one in objects for name in (one, one.partition(".")[2])}
    return frozenset(name.lower() for name in spellings)
