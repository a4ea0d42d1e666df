"""What can be done about a finding, as files that have been run: the engine's advice, a model's redesign, a simple fix."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

from bot.model import Model
from bot.summary.model import Summary
from checks.model.findings import AdviceFile, Finding, Severity
from checks.model.report import MigrationReport, Report


class Source(StrEnum):
    """Whose fix it is, in the order in which they are offered."""

    ADVICE = "a safer script of the engine's"
    REDESIGN = "a proposal of a model's"
    ATTEMPT = "a simple fix"


class Fix(Model):
    """Files that were run, and what was seen."""

    source: Source
    title: str
    files: tuple[AdviceFile, ...]
    gone: tuple[str, ...] = ()
    """Files that are taken away with it."""
    seen: tuple[str, ...] = ()

    @property
    def is_one_deploy(self) -> bool:
        """Whether all of it can be deployed at once: else one commit would be a trap."""
        return not any(file.needs for file in self.files)


REDESIGN_TITLE = "Another way to the same schema, written by a model"


def fixes_for(finding: Finding, report: Report, summary: Summary | None) -> list[Fix]:
    """Only what has been run and works, the best first."""
    migration = next((one for one in report.migrations if one.id == finding.migration), None)
    return [
        *_advice(finding),
        *(_redesign(finding, summary) if summary else ()),
        *(_attempts(finding, migration) if migration else ()),
    ]


def _advice(finding: Finding) -> Iterator[Fix]:
    advice = finding.advice
    if advice and advice.proven and advice.files:
        yield Fix(source=Source.ADVICE, title=advice.title, files=advice.files, seen=advice.seen)


def _redesign(finding: Finding, summary: Summary) -> Iterator[Fix]:
    """Of the history that the finding is about: it takes the place of all that the change adds to it."""
    found = summary.redesign
    is_about_it = found is not None and (finding.migration or "").startswith(f"{found.history}/")
    if found and found.works and found.files and is_about_it:
        yield Fix(
            source=Source.REDESIGN, title=REDESIGN_TITLE, files=found.files, gone=found.gone, seen=found.seen
        )


def _attempts(finding: Finding, migration: MigrationReport) -> Iterator[Fix]:
    """Of what fails: for a finding about what else the statement does, or another one does, it is no fix."""
    failed = {seen.id for seen in migration.up.statements if seen.error}
    if failed.isdisjoint(finding.evidence) or finding.severity is not Severity.ERROR:
        return
    for attempt in migration.attempts:
        if attempt.worked:
            yield Fix(
                source=Source.ATTEMPT,
                title=attempt.title,
                files=attempt.files,
                gone=attempt.gone,
                seen=(attempt.outcome,),
            )
