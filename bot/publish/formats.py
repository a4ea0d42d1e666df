"""The formats by name: what ``--format`` takes."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from checks.model.report import Report

if TYPE_CHECKING:
    from bot.summary.model import Summary


class Format(StrEnum):
    TERMINAL = "terminal"
    JSON = "json"
    MARKDOWN = "markdown"
    SARIF = "sarif"
    GITLAB = "gitlab"


def render(
    report: Report,
    format: Format,
    *,
    width: int = 100,
    colour: bool = False,
    summary: Summary | None = None,
) -> str:
    """The report as text that ends with a new line. ``width`` and ``colour`` are for the terminal."""
    match format:
        case Format.JSON:
            return report_json(report, summary)
        case Format.MARKDOWN:
            from bot.publish.markdown import markdown

            return markdown(report, summary).rstrip() + "\n"
        case Format.SARIF:
            from bot.publish.rule_help import rule_help
            from bot.publish.sarif import sarif

            return sarif(report, rule_help) + "\n"
        case Format.GITLAB:
            from bot.publish.gitlab import gitlab

            return gitlab(report) + "\n"
        case Format.TERMINAL:
            from bot.publish.terminal import terminal

            return terminal(report, width=width, colour=colour, summary=summary)


def report_json(report: Report, summary: Summary | None = None) -> str:
    """ASCII only: a terminal that shows it meets no control character and no text that runs backwards."""
    return json.dumps(report_document(report, summary), indent=2) + "\n"


def report_document(report: Report, summary: Summary | None) -> dict[str, Any]:
    """As ``docs/report.schema.json`` describes it; without a summary there is no such key."""
    if summary is None:
        return report.model_dump(mode="json")
    from bot.publish.published import published

    return published(report, summary).model_dump(mode="json")
