"""The formats by name: what ``--format`` takes."""

from __future__ import annotations

import json
from enum import StrEnum

from checks.model import Report


class Format(StrEnum):
    TERMINAL = "terminal"
    JSON = "json"
    MARKDOWN = "markdown"
    SARIF = "sarif"
    GITLAB = "gitlab"


def render(report: Report, format: Format, *, width: int = 100, colour: bool = False) -> str:
    """The report as text that ends with a new line. ``width`` and ``colour`` are for the terminal."""
    match format:
        case Format.JSON:
            return report_json(report)
        case Format.MARKDOWN:
            from bot.publish.markdown import markdown

            return markdown(report).rstrip() + "\n"
        case Format.SARIF:
            from bot.publish.rule_help import rule_help
            from bot.publish.sarif import sarif

            return sarif(report, rule_help) + "\n"
        case Format.GITLAB:
            from bot.publish.gitlab import gitlab

            return gitlab(report) + "\n"
        case Format.TERMINAL:
            from bot.publish.terminal import terminal

            return terminal(report, width=width, colour=colour)


def report_json(report: Report) -> str:
    """ASCII only: a terminal that shows it meets no control character and no text that runs backwards."""
    return json.dumps(report.model_dump(mode="json"), indent=2) + "\n"
