"""The report on a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from bot.publish import view
from bot.publish.escape import one_line, visible
from bot.publish.labels import VERDICT_STYLES, style
from bot.publish.layout import Column, cut, paint, table, width_of, wrap
from bot.publish.rollback import rollback_line
from bot.publish.statements import StatementRow, statement_row
from bot.publish.templating import environment
from bot.publish.wording import counted
from bot.summary.model import Summary
from checks.model.findings import Finding
from checks.model.report import MigrationReport, Report
from checks.model.rollback import RollbackStatus

NARROWEST, WIDEST = 40, 160
INDENT = 2
LONGEST_TO_COPY = 400
"""Cells of a line that somebody may paste; a stranger's endless one is cut all the same."""
MOST_NOTES = 12
MOST_ROWS = 30
"""Of a longer script only the statements that somebody waits for, or that failed, are shown."""
LEAST_SQL = 28
"""With fewer cells for the statement, the table is written as one paragraph per statement."""

ROLLBACK_STYLES = {
    RollbackStatus.RESTORED: "green",
    RollbackStatus.UNPROVEN: "yellow",
    RollbackStatus.MISSING: "yellow",
}

COLUMNS = (
    Column("line", right=True),
    Column("statement", most=WIDEST),
    Column("lock on live tables", most=34),
    Column("blocks", most=14),
    Column("until", most=18),
    Column("does", most=26),
    Column("rows", right=True),
    Column("ms", right=True, least=len("not run")),
)


def terminal(
    report: Report, *, width: int = 100, colour: bool = False, summary: Summary | None = None
) -> str:
    """The report as text for a terminal of ``width`` cells; ANSI colours only when asked."""
    page = Page(max(NARROWEST, min(width, WIDEST)), colour)
    template = environment(visible).get_template("report.txt.j2")
    return template.render(report=report, view=view, page=page, summary=summary).rstrip() + "\n"


@dataclass(frozen=True)
class Page:
    """What the template lays text out with. Everything it returns is escaped, laid out and painted."""

    width: int
    colour: bool

    def paint(self, text: str, style: str) -> Markup:
        return Markup(self._painted(one_line(text), style))

    def text(self, text: str, indent: int = 0, first: str = "", style: str = "") -> Markup:
        """Wrapped text; ``first`` stands before its first line, inside the indent."""
        return Markup(self._painted(wrap(one_line(text), self.width, indent, first.ljust(indent)), style))

    def verdict(self, report: Report) -> Markup:
        name = view.VERDICTS[report.verdict]
        headline = wrap(one_line(report.headline), self.width, len(name) + 2, f"{name}  ")
        return Markup(self._painted(name, VERDICT_STYLES[report.verdict]) + headline.removeprefix(name))

    def migration_title(self, migration: MigrationReport) -> Markup:
        path, about = one_line(migration.path), one_line(view.migration_line(migration))
        gap = "  " if width_of(path) + len("  ") + width_of(about) <= self.width else "\n  "
        return Markup(self._painted(path, "bold") + gap + self._painted(about, "dim"))

    def finding_title(self, finding: Finding) -> Markup:
        label = self._painted(view.label(finding), style(finding))
        certainty = self._painted(f"({view.CERTAINTIES[finding.certainty]})", "dim")
        return Markup(f"  {label}  {one_line(finding.rule)}  {certainty}")

    def rollback(self, migration: MigrationReport) -> Markup:
        colour = ROLLBACK_STYLES.get(migration.rollback.status, "red")
        return self.text(rollback_line(migration), 12, "  rollback", colour)

    def notes(self, title: str, notes: Sequence[str], style: str = "bold") -> Markup:
        """A heading and a list; nothing when there are no notes."""
        if not notes:
            return Markup("")
        lines = [self.text(note, 4, "  -") for note in notes[:MOST_NOTES]]
        if len(notes) > MOST_NOTES:
            lines.append(Markup(f"  … and {len(notes) - MOST_NOTES:,} more"))
        return Markup("\n".join(["", self._painted(one_line(title), style), *lines, ""]))

    def numbered(self, title: str, steps: Sequence[str]) -> Markup:
        lines = [self.text(step, 5, f"  {number}.") for number, step in enumerate(steps, start=1)]
        return Markup("\n".join(["", self._painted(title, "bold"), *lines, ""]))

    def script(self, text: str, indent: int, at_most: int) -> Markup:
        """A block to be copied: the terminal itself breaks its lines."""
        return self.block(text, indent, at_most, longest=LONGEST_TO_COPY)

    def block(self, text: str, indent: int, at_most: int, longest: int = 0) -> Markup:
        """Lines as they are, none longer than the page or ``longest`` cells, the first ``at_most`` of them."""
        lines = visible(text).strip("\n").split("\n")
        room = max(longest, self.width - indent)
        shown = [(" " * indent + cut(line, room)).rstrip() for line in lines[:at_most]]
        if len(lines) > at_most:
            shown.append(
                " " * indent + f"… {counted(len(lines) - at_most, 'line')} more: --format json has all"
            )
        return Markup("\n".join(shown))

    def statements(self, migration: MigrationReport) -> Markup:
        rows = [statement_row(observation) for observation in migration.up.statements]
        shown = rows if len(rows) <= MOST_ROWS else [row for row in rows if not row.is_quiet][:MOST_ROWS]
        lines = (self._table(shown) or self._paragraphs(shown)) if shown else []
        if len(rows) > len(shown):
            left = counted(len(rows) - len(shown), "more statement")
            lines.append(f"  … {left}: --format json has all")
        return Markup("\n".join(lines))

    def _table(self, rows: Sequence[StatementRow]) -> list[str]:
        """The statements in columns; nothing when the page is too narrow for that."""
        without_sql = table(COLUMNS, [_cells(row, "") for row in rows], INDENT)
        room = self.width - len("  ") - max(width_of(line) for lines in without_sql for line in lines)
        if room < LEAST_SQL:
            return []
        header, *body = table(COLUMNS, [_cells(row, cut(one_line(row.sql), room)) for row in rows], INDENT)
        lines = [self._painted(line, "dim") for line in header]
        for row, row_lines in zip(rows, body, strict=True):
            lines += [*row_lines, *self._errors(row, 8)]
        return lines

    def _paragraphs(self, rows: Sequence[StatementRow]) -> list[str]:
        return [line for row in rows for line in self._paragraph(row)]

    def _paragraph(self, row: StatementRow) -> list[str]:
        place = f"  line {row.line}  "
        lines = [self._painted(place, "dim") + cut(one_line(row.sql), self.width - len(place))]
        if row.locks:
            held = f"{'; '.join(row.locks)}: blocks {row.blocks} until {row.until}"
            lines.append(wrap(one_line(held), self.width, 6))
        facts = [*row.work, _rows(row.rows), f"{row.ms} ms" if row.ran else "not run"]
        lines.append(self._painted(wrap(one_line(", ".join(filter(None, facts))), self.width, 6), "dim"))
        return lines + self._errors(row, 6)

    def _errors(self, row: StatementRow, indent: int) -> list[str]:
        return [self._painted(wrap(one_line(text), self.width, indent), "red") for text in row.error]

    def _painted(self, text: str, style: str) -> str:
        if not (self.colour and style):
            return text
        return "\n".join(paint(line, style) for line in text.split("\n"))


def _rows(rows: str) -> str:
    return f"{rows} row{'' if rows == '1' else 's'}" if rows else ""


def _cells(row: StatementRow, sql: str) -> list[list[str]]:
    ms = row.ms if row.ran else "not run"
    texts = [[row.line], [sql], [*row.locks], [row.blocks], [row.until], [*row.work], [row.rows], [ms]]
    return [[one_line(text) for text in cell] for cell in texts]
