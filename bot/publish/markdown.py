"""The report as GitHub Markdown: one document in sections, for a comment, a check run and a job summary."""

from __future__ import annotations

from bot.approvals import stand
from bot.publish import view
from bot.publish.context import Context
from bot.publish.escape import markdown_text
from bot.publish.markdown_page import Detail, Page
from bot.publish.sections import Section, fit, sections
from bot.publish.templating import environment
from bot.summary.model import Summary
from checks.model.report import Report

LARGEST = 65_536
"""Characters of a comment that GitHub takes; a longer one is refused with 422."""

DETAILS = (Detail(100, 100, 4_000), Detail(50, 40, 1_000), Detail(20, 20, 400), Detail(10, 10, 200))
"""Tried in this order, until the document fits; what does not fit even then is cut between sections."""


def markdown(report: Report, summary: Summary | None = None) -> str:
    """The report as one Markdown document that fits into a comment; what is left out is counted."""
    return document(report, Context(standing=stand(report, ()), summary=summary), LARGEST)


def document(report: Report, context: Context, most: int) -> str:
    """All sections in at most ``most`` characters."""
    for detail in DETAILS:
        parts = report_sections(report, context, detail)
        if sum(len(part.text) + 1 for part in parts) <= most:
            break
    return fit(parts, most, context.report_url)


def report_sections(report: Report, context: Context, detail: Detail) -> list[Section]:
    template = environment(markdown_text).get_template("report.md.j2")
    return sections(template.render(report=report, context=context, view=view, page=Page(detail, context)))
