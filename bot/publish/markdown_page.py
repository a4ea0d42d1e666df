"""What the Markdown template writes with: escaped text, links to lines, lists that say what they leave out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import quote

from markupsafe import Markup

from bot.publish import view
from bot.publish.context import Context
from bot.publish.escape import (
    html_code,
    html_text,
    markdown_block,
    markdown_code,
    markdown_prose,
    markdown_text,
    one_line,
)
from bot.publish.layout import cut
from bot.publish.rollback import rollback_line
from bot.publish.sections import BORDER
from bot.publish.standing import is_approved
from bot.publish.statements import StatementRow, statement_row
from bot.publish.timeline import MOST_HOLDS, holds, mermaid
from bot.publish.wording import counted
from checks.model.findings import Finding, Severity
from checks.model.report import MigrationReport, Report, Verdict
from checks.model.rollback import RollbackStatus

Item = TypeVar("Item")

VERDICT_SIGNS = {
    Verdict.PASS: "✅",
    Verdict.WARN: "⚠️",
    Verdict.NEEDS_APPROVAL: "✋",
    Verdict.FAIL: "❌",
    Verdict.UNPROVEN: "❓",
}
SEVERITY_SIGNS = {Severity.ERROR: "❌", Severity.WARNING: "⚠️", Severity.INFO: "ℹ️"}
ROLLBACK_SIGNS = {RollbackStatus.RESTORED: "✅", RollbackStatus.UNPROVEN: "❓", RollbackStatus.MISSING: "⚠️"}
APPROVED = "☑️ approved"

STATEMENT_CELLS = 80
STEPS = "One step for each statement, not to scale. Red: reads and writes wait. Blue: writes wait."

MORE_HOLDS = f"Only the first {MOST_HOLDS} locks are drawn; the report page has all of them."


@dataclass(frozen=True)
class Detail:
    """How much is shown: items of each kind, lines of a script, characters of a text."""

    items: int
    lines: int
    characters: int


@dataclass(frozen=True)
class Page:
    """Everything it returns as Markup is escaped."""

    detail: Detail
    context: Context

    def section(self, title: str = "") -> Markup:
        """The border before a section, and its title; a section that stays empty is not shown."""
        return Markup(f"{BORDER}{title}\n")

    def some(self, items: Sequence[Item]) -> Sequence[Item]:
        return items[: self.detail.items]

    def left_out(self, items: Sequence[object]) -> Markup:
        """A line for what ``some`` left out; nothing when it left out nothing."""
        count = len(items) - self.detail.items
        return Markup(f"\n… and {count:,} more.\n\n" if count > 0 else "\n")

    def notes(self, notes: Sequence[str], mark: str = "-") -> Markup:
        lines = [f"{mark} {self.prose(note)}" for note in self.some(notes)]
        return Markup("\n".join(["", *lines, ""])) + self.left_out(notes) if notes else Markup("")

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

    def place(self, path: str, line: int | None = None) -> Markup:
        """``path:line``, or the file as a whole, as a link where there is something to link to."""
        shown = self.code(f"{path}:{line}" if line else path)
        url = self.context.line_url(path, line or 1)
        return Markup(f"[{shown}]({url})") if url else shown

    def verdict(self) -> Markup:
        verdict = self.context.standing.verdict
        return Markup(f"{VERDICT_SIGNS[verdict]} {view.VERDICTS[verdict]}")

    def severity(self, finding: Finding) -> Markup:
        if is_approved(finding, self.context.standing):
            return Markup(APPROVED)
        sign = "✋" if finding.irreversible else SEVERITY_SIGNS[finding.severity]
        return Markup(f"{sign} {view.label(finding)}")

    def rollback(self, migration: MigrationReport) -> Markup:
        sign = ROLLBACK_SIGNS.get(migration.rollback.status, "❌")
        return Markup(f"{sign} ") + self.text(rollback_line(migration))

    def rows(self, migration: MigrationReport) -> list[StatementRow]:
        return [statement_row(statement) for statement in migration.up.statements]

    def statement(self, row: StatementRow) -> Markup:
        """A cell of a table has room for the beginning of a statement."""
        return Markup(markdown_code(cut(one_line(row.sql), STATEMENT_CELLS)))

    def timeline(self, report: Report) -> Markup:
        chart = mermaid(report)
        if chart is None:
            return Markup("")
        more = f" {MORE_HOLDS}" if sum(len(holds(one)) for one in report.migrations) > MOST_HOLDS else ""
        return Markup(f"{STEPS}{more}\n\n{markdown_block(chart, 'mermaid')}")

    def url(self, url: str) -> Markup:
        """An address of ours, inside of ``(…)``."""
        return Markup(quote(url, safe=":/?&=#%~+,;@"))

    def _cut(self, text: str) -> str:
        most = self.detail.characters
        return text if len(text) <= most else text[: most - 1] + "…"
