"""A finding with all that it rests on."""

from __future__ import annotations

from dataclasses import dataclass

from bot.publish.prose import about
from bot.publish.rule_help import rule_help
from bot.publish.statements import StatementRow, statement_row
from bot.summary.model import Summary
from checks.model.findings import Finding
from checks.model.report import MigrationReport, Report


@dataclass(frozen=True)
class Explanation:
    finding: Finding
    statements: tuple[StatementRow, ...]
    """What PostgreSQL did, as far as the finding rests on it."""
    migration: MigrationReport | None
    page: str
    """The rule's own page, as Markdown."""
    said: tuple[str, ...] = ()
    """The sentences of the summary that rest on it."""


def explanation(report: Report, finding: Finding, summary: Summary | None = None) -> Explanation:
    migration = next((one for one in report.migrations if one.id == finding.migration), None)
    observations = (*migration.up.statements, *migration.rollback.down) if migration else ()
    rows = [statement_row(one) for one in observations if one.id in finding.evidence]
    said = about(summary, {finding.id, *finding.evidence}) if summary else []
    return Explanation(finding, tuple(rows), migration, rule_help(finding.rule).markdown, tuple(said))
