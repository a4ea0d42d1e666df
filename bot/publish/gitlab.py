"""The report as GitLab's Code Quality report (https://docs.gitlab.com/ci/testing/code_quality/, report format)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from bot.approvals import unproven_id
from bot.publish import view
from bot.publish.escape import one_line
from bot.publish.sarif import UNPROVEN
from checks.model.findings import Finding, Severity
from checks.model.report import Report

LEVELS = {Severity.ERROR: "major", Severity.WARNING: "minor", Severity.INFO: "info"}
"""``critical`` is for what no down brings back."""


def gitlab(report: Report) -> str:
    """A list with an object for each finding and unproven part, the gravest first."""
    return json.dumps([*_unique(_issues(report))], indent=2)


def _issues(report: Report) -> Iterator[dict[str, Any]]:
    for finding in view.by_severity(report.findings):
        yield _issue(
            finding.rule, view.message(finding), finding.id, _severity(finding), finding.path, finding.line
        )
    for item in report.unproven:
        text = f"Not proven: {item.reason}"
        yield _issue(UNPROVEN, text, unproven_id(item), "major", item.path, item.line)


def _severity(finding: Finding) -> str:
    return "critical" if finding.irreversible else LEVELS[finding.severity]


def _issue(rule: str, text: str, id: str, severity: str, path: str, line: int) -> dict[str, Any]:
    return {
        "description": one_line(text),
        "check_name": rule,
        "fingerprint": id,
        "severity": severity,
        "location": {"path": path, "lines": {"begin": max(1, line)}},
    }


def _unique(issues: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """GitLab shows one of those that have the same fingerprint: the second gets a number behind it."""
    seen: dict[str, int] = {}
    for issue in issues:
        count = seen[issue["fingerprint"]] = seen.get(issue["fingerprint"], 0) + 1
        yield issue if count == 1 else {**issue, "fingerprint": f"{issue['fingerprint']}-{count}"}
