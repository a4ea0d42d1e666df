"""The report page: one HTML document that needs no script, no other file and no network."""

from __future__ import annotations

import base64
import hashlib
import html
import re
from dataclasses import dataclass

from markupsafe import Markup

from bot.publish import lanes, states, view
from bot.publish.context import Context
from bot.publish.escape import one_line, visible
from bot.publish.evidence import facts_of
from bot.publish.formats import report_json
from bot.publish.rollback import rollback_line
from bot.publish.statements import StatementRow, statement_row
from bot.publish.templating import TEMPLATES, environment
from checks.model.report import MigrationReport, Report

LARGEST_JSON = 2_000_000
"""Characters of raw JSON that the page itself carries; more of it is only linked."""


def page(report: Report, context: Context, *, raw_url: str | None = None) -> str:
    """The document. ``raw_url`` is where the JSON can be had; without it the page carries the JSON itself."""
    template = environment(page_text).get_template("report.html.j2")
    raw = None if raw_url else report_json(report, context.summary)
    return template.render(
        report=report,
        context=context,
        view=view,
        page=HtmlPage(context),
        style=Markup(stylesheet()),
        policy=content_security_policy(),
        raw=raw if raw and len(raw) <= LARGEST_JSON else None,
        raw_url=raw_url,
    )


def stylesheet() -> str:
    """Ours, whole, so it needs no escape."""
    return (TEMPLATES / "report.css").read_text()


def content_security_policy() -> str:
    """For the header of the same name: nothing is loaded, run, framed or sent; only this very style counts."""
    digest = base64.b64encode(hashlib.sha256(stylesheet().encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def page_text(text: str) -> str:
    """``text`` for the inside of an HTML element or of a quoted attribute."""
    return html.escape(visible(text))


_QUOTED = re.compile(r"`([^`\n]+)`")


@dataclass(frozen=True)
class HtmlPage:
    """What the template writes with. Everything it returns as Markup is escaped."""

    context: Context

    def prose(self, text: str) -> Markup:
        """A message; what it quotes between backticks is code."""
        parts = _QUOTED.split(one_line(text) if text.strip() else "")
        return Markup(
            "".join(
                f"<code>{page_text(part)}</code>" if odd % 2 else page_text(part)
                for odd, part in enumerate(parts)
            )
        )

    def place(self, path: str, line: int | None = None) -> Markup:
        text = f"{path}:{line}" if line else path
        shown = f"<code>{page_text(one_line(text))}</code>"
        url = self.context.line_url(path, line or 1)
        return Markup(f'<a href="{page_text(url)}">{shown}</a>' if url else shown)

    def rows(self, migration: MigrationReport) -> list[StatementRow]:
        return [statement_row(statement) for statement in migration.up.statements]

    def facts(self, row: StatementRow) -> str:
        return "; ".join(facts_of(row))

    def rollback(self, migration: MigrationReport) -> str:
        return rollback_line(migration)

    def timeline(self, migration: MigrationReport) -> lanes.Timeline:
        return lanes.timeline(migration)

    def states(self, migration: MigrationReport) -> list[states.States]:
        return states.states(migration)

    def difference_lines(self, report: Report) -> list[tuple[str, str]]:
        """Lines of the schema difference, each with the name of its style."""
        kinds = {"+": "added", "-": "removed"}
        return [(kinds.get(line[:1], "kept"), line) for line in report.schema_diff.text.splitlines()]
