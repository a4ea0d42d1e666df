"""Who was right: precision and recall of each tool, and where it was wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from benchmarks.field.cases import Case
from benchmarks.field.label import Label
from benchmarks.field.tools import Answer, Names, Tool
from benchmarks.field.traced import ERROR

HEAD = """\
| tool | precision | recall | false alarms | kind named: precision | recall | with its advice: precision | recall |
|---|---|---|---|---|---|---|---|
"""
REASONS = "| tool | fails | blocks | takes away |\n|---|---|---|---|\n"
THROUGH = "| tool, changes that get through | precision | recall |\n|---|---|---|\n"


@dataclass(frozen=True)
class Score:
    """Cases, counted."""

    right: int
    flagged: int
    hazardous: int

    @property
    def precision(self) -> str:
        return _percent(self.right, self.flagged)

    @property
    def recall(self) -> str:
        return _percent(self.right, self.hazardous)


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "–"


@dataclass(frozen=True)
class Judged:
    """All answers of one tool."""

    tool: Tool
    cases: Sequence[Case]
    labels: Mapping[str, Label]
    answers: Mapping[str, Answer]

    @property
    def row(self) -> str:
        hazards = self._score({id: one.hazards for id, one in self.answers.items()})
        named, everything = (
            self._named(),
            self._score({id: one.everything for id, one in self.answers.items()}),
        )
        harmless = len(self.cases) - hazards.hazardous
        cells = (
            f"**{self.tool.title}**" if not self.tool.name else self.tool.title,
            hazards.precision,
            hazards.recall,
            f"{hazards.flagged - hazards.right} of {harmless}",
            named.precision,
            named.recall,
            everything.precision,
            everything.recall,
        )
        return f"| {' | '.join(cells)} |"

    @property
    def row_without_failing(self) -> str:
        """The same of the changes that get through: what a linter is made for."""
        through = [case for case in self.cases if not self.labels[case.id].fails]
        rest = Judged(self.tool, through, self.labels, {case.id: self.answers[case.id] for case in through})
        score = rest._score({id: one.hazards for id, one in rest.answers.items()})
        named = rest._named()
        return (
            f"| {self.tool.title} | {score.precision} | {score.recall} | {named.precision} | {named.recall} |"
        )

    def by_reason(self, reason: str) -> str:
        """Recall of the cases that are hazardous for this reason."""
        cases = [case for case in self.cases if reason in self.labels[case.id].reasons]
        found = [case for case in cases if self.answers[case.id].hazards]
        return f"{len(found)} of {len(cases)}"

    @property
    def wrong(self) -> list[str]:
        """A line for each case that it judged otherwise than PostgreSQL."""
        return [line for case in self.cases if (line := self._wrong(case))]

    def _wrong(self, case: Case) -> str:
        label, found = self.labels[case.id], self.answers[case.id].hazards
        if label.hazardous and not found:
            seen = [label.fails] if label.fails else [*label.blocks, *label.takes_away]
            return f"missed      {case.id}: {seen[0]}"
        if found and not label.hazardous:
            return f"false alarm {case.id}: {', '.join(sorted(found))}"
        if found and not self._is_named(case):
            return f"other name  {case.id}: {', '.join(sorted(found))} for {', '.join(case.kinds)}"
        return ""

    def _score(self, found: Mapping[str, Names]) -> Score:
        hazardous = {case.id for case in self.cases if self.labels[case.id].hazardous}
        flagged = {id for id, names in found.items() if names}
        return Score(len(flagged & hazardous), len(flagged), len(hazardous))

    def _named(self) -> Score:
        """Right only where a check speaks of the kind of the case."""
        loose = self._score({id: one.hazards for id, one in self.answers.items()})
        named = [case for case in self.cases if self.labels[case.id].hazardous and self._is_named(case)]
        return Score(len(named), loose.flagged, loose.hazardous)

    def _is_named(self, case: Case) -> bool:
        """PostgreSQL's own error names every kind of change that does not get through."""
        found = self.answers[case.id].hazards
        refused = bool(self.labels[case.id].fails) and ERROR in found
        return refused or bool(found & self.tool.names_for(case.kinds))


def table(judged: Sequence[Judged]) -> str:
    rows = "\n".join(one.row for one in judged)
    reasons = ("fails", "blocks", "takes_away")
    found = "\n".join(
        f"| {one.tool.title} | {' | '.join(one.by_reason(reason) for reason in reasons)} |" for one in judged
    )
    rest = "\n".join(one.row_without_failing for one in judged)
    return f"{HEAD}{rows}\n\n{REASONS}{found}\n\n{THROUGH}{rest}"
