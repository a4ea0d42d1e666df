"""Findings about locks and long work, as grave as production's numbers make them. The one place where that is decided.

Only findings of rules that say of themselves that size and traffic decide (``SCALES``). What cannot be undone, what fails
and what the configuration has a word about stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from checks.model.findings import Finding, Severity
from checks.model.observations import Observation
from checks.production import words
from checks.production.statistics import Size, Statistics
from checks.production.weight import Load, Weight, load_of
from checks.rules import all_rules
from checks.rules.review import Review
from checks.rules.wording import short


def scaled(
    findings: Sequence[Finding], reviews: Sequence[Review], statistics: Statistics | None
) -> tuple[Finding, ...]:
    """The findings with their severity on production and a sentence why; as they are without statistics."""
    if statistics is None:
        return tuple(findings)
    places = dict(_places(reviews))
    return tuple(_scaled(finding, places, statistics) for finding in findings)


@dataclass(frozen=True)
class _Place:
    """A statement among those of its script."""

    statements: tuple[Observation, ...]
    number: int
    named: frozenset[str]
    """Rules whose severity the configuration says."""

    @property
    def seen(self) -> Observation:
        return self.statements[self.number]


def _places(reviews: Sequence[Review]) -> Iterator[tuple[str, _Place]]:
    for review in reviews:
        for step in review.steps:
            for number, seen in enumerate(step.observations):
                yield seen.id, _Place(step.observations, number, frozenset(review.settings.rules))


def _scaled(finding: Finding, places: Mapping[str, _Place], statistics: Statistics) -> Finding:
    place = places.get(finding.evidence[0]) if finding.evidence else None
    if place is None or not all_rules()[finding.rule].scales:
        return finding
    load = load_of(place.statements, place.number, statistics)
    if load.decisive is None:
        return finding
    severity, because = _judged(finding, load, *load.decisive)
    if finding.irreversible or finding.rule in place.named:
        severity, because = finding.severity, _known(*load.decisive)
    sentences = [finding.message, because, *_takes(place.seen)]
    return finding.model_copy(update={"severity": severity, "message": " ".join(sentences)})


def _judged(finding: Finding, load: Load, table: str, size: Size) -> tuple[Severity, str]:
    if load.weight is Weight.LARGE:
        said = words.HEAVY.format(table=short(table), rows=_rows(size), size=words.size(size.total_bytes))
        return Severity.ERROR, said
    if load.weight is not Weight.SMALL or finding.severity is Severity.INFO:
        return finding.severity, _known(table, size)
    used = "read or written" if load.blocks_reads else "written"
    if load.is_quiet:
        return Severity.INFO, words.LIGHT.format(table=short(table), rows=_rows(size), used=used)
    if finding.severity is Severity.ERROR:
        return Severity.WARNING, _busy(load, table, size, used)
    return finding.severity, _known(table, size)


def _busy(load: Load, table: str, size: Size, used: str) -> str:
    busy = load.busy or table
    traffic = load.blocks.get(busy)
    said = words.BUSY if traffic and traffic.writes_per_second is not None else words.UNKNOWN_TRAFFIC
    return said.format(table=short(table), rows=_rows(size), busy=short(busy), used=used)


def _known(table: str, size: Size) -> str:
    return words.KNOWN.format(table=short(table), rows=_rows(size), size=words.size(size.total_bytes))


def _takes(seen: Observation) -> Iterator[str]:
    if seen.predicted:
        found = seen.predicted
        yield words.TAKES.format(range=words.span(found.low_ms, found.high_ms), basis=words.basis(found))


def _rows(size: Size) -> str:
    return "an unknown number of" if size.rows is None else words.amount(size.rows)
