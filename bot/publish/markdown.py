"""The report as GitHub Markdown: a comment, a job summary."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from markupsafe import Markup

from bot.publish import view
from bot.publish.escape import (
    html_code,
    html_text,
    markdown_block,
    markdown_code,
    markdown_prose,
    markdown_text,
)
from bot.publish.rollback import rollback_line
from bot.publish.statements import StatementRow, statement_row
from bot.publish.templating import environment
from bot.publish.wording import counted
from checks.model import Finding, MigrationReport, Report, Severity, Verdict

Item = TypeVar("Item")

LARGEST = 65_536
"""Characters of a comment that GitHub takes; a longer one is refused with 422."""

VERDICT_SIGNS = {
    Verdict.PASS: "✅",
    Verdict.WARN: "⚠️",
    Verdict.NEEDS_APPROVAL: "✋",
    Verdict.FAIL: "❌",
    Verdict.UNPROVEN: "❓",
}
SEVERITY_SIGNS = {Severity.ERROR: "❌", Severity.WARNING: "⚠️", Severity.INFO: "ℹ️"}


@dataclass(frozen=True)
class Detail:
    """How much is shown: items of each kind, lines of a script, characters of a text."""

    items: int
    lines: int
    characters: int


DETAILS = (Detail(500, 200, 4_000), Detail(60, 40, 1_000), Detail(15, 15, 300), Detail(4, 8, 150))


def markdown(report: Report) -> str:
    """The report as one Markdown document that fits into a comment; what is left out is counted."""
    template = environment(markdown_text).get_template("report.md.j2")
    for detail in DETAILS:
        text = template.render(report=report, view=view, page=Page(detail))
        if len(text) <= LARGEST:
            break
    return text


@dataclass(frozen=True)
class Page:
    """What the template writes with. Everything it returns as Markup is escaped."""

    detail: Detail

    def some(self, items: Sequence[Item]) -> Sequence[Item]:
        return items[: self.detail.items]

    def left_out(self, items: Sequence[object]) -> Markup:
        """A line for what ``some`` left out; nothing when it left out nothing."""
        count = len(items) - self.detail.items
        return Markup(f"\n… and {count:,} more.\n\n" if count > 0 else "\n")

    def notes(self, heading: str, name: str, notes: Sequence[str]) -> Markup:
        """A heading of ours with a stranger's name, and a list; nothing when there are no notes."""
        if not notes:
            return Markup("")
        lines = [f"- {self.prose(note)}" for note in self.some(notes)]
        title = heading + (self.code(name) if name else "")
        return Markup("\n".join([title, "", *lines, ""]) + self.left_out(notes))

    def text(self, text: str) -> Markup:
        return Markup(markdown_text(self._cut(text)))

    def prose(self, text: str) -> Markup:
        return Markup(markdown_prose(self._cut(text)))

    def code(self, text: str) -> Markup:
        return Markup(markdown_code(self._cut(text)))

    def html(self, text: str) -> Markup:
        return Markup(html_text(self._cut(text)))

    def html_code(self, text: str) -> Markup:
        return Markup(html_code(self._cut(text)))

    def block(self, text: str, language: str = "") -> Markup:
        lines = text.splitlines()
        shown = [self._cut(line) for line in lines[: self.detail.lines]]
        if len(lines) > len(shown):
            shown.append(f"… {counted(len(lines) - len(shown), 'line')} more")
        return Markup(markdown_block("\n".join(shown), language))

    def verdict(self, report: Report) -> Markup:
        return Markup(f"{VERDICT_SIGNS[report.verdict]} {view.VERDICTS[report.verdict]}")

    def severity(self, finding: Finding) -> Markup:
        return Markup(f"{SEVERITY_SIGNS[finding.severity]} {finding.severity.value}")

    def counts(self, findings: Sequence[Finding]) -> Markup:
        """``❌ 1 ⚠️ 2``."""
        counts = (
            (sign, sum(finding.severity is severity for finding in findings))
            for severity, sign in SEVERITY_SIGNS.items()
        )
        return Markup(" ".join(f"{sign} {count}" for sign, count in counts if count))

    def rollback(self, migration: MigrationReport) -> Markup:
        return self.text(rollback_line(migration))

    def rows(self, migration: MigrationReport) -> list[StatementRow]:
        return [statement_row(statement) for statement in migration.up.statements]

    def _cut(self, text: str) -> str:
        most = self.detail.characters
        return text if len(text) <= most else text[: most - 1] + "…"
