"""A report as commands to the runner of a GitHub job, which marks the lines of the pull request.

https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands. The escapes are those of GitHub's
toolkit (``packages/core/src/command.ts``).
"""

from __future__ import annotations

from collections.abc import Iterator

from bot.publish import view
from bot.publish.escape import one_line, visible
from checks.model.findings import Finding, Severity
from checks.model.report import Report

LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}
OPEN = "not proven"
NEEDS = "needs an approval"


def workflow_commands(report: Report) -> str:
    """A line for each finding, the gravest first, and for each open question; then the verdict."""
    return "".join(f"{one}\n" for one in _commands(report))


def _commands(report: Report) -> Iterator[str]:
    for finding in sorted(report.findings, key=lambda one: -one.severity.rank):
        yield _of_finding(finding)
    for item in report.unproven:
        yield line("warning", item.reason, {"file": item.path, "line": str(item.line), "title": OPEN})
    yield f"{report.verdict}: {one_line(report.headline)}"


def _of_finding(finding: Finding) -> str:
    place = {"file": finding.path, "line": str(finding.line), "endLine": str(finding.end_line)}
    title = f"{finding.rule} ({NEEDS})" if finding.irreversible else finding.rule
    return line(LEVELS[finding.severity], view.message(finding), {**place, "title": title})


def line(name: str, message: str, properties: dict[str, str]) -> str:
    """``::error file=a.sql,line=3::message``, with everything escaped that would end a part of it."""
    given = ",".join(f"{key}={_property(value)}" for key, value in properties.items())
    return f"::{name} {given}::{_data(message)}" if given else f"::{name}::{_data(message)}"


def _data(text: str) -> str:
    return visible(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
