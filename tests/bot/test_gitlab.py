"""The Code Quality report has the shape that GitLab documents."""

from __future__ import annotations

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from bot.publish.formats import Format, render
from checks.model.findings import Severity
from checks.model.report import Report
from tests.bot.sample_reports import failing_report

SCHEMA: dict[str, Any] = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "additionalProperties": False,
        "properties": {
            "description": {"type": "string", "pattern": "^[^\\n]+$"},
            "check_name": {"type": "string", "minLength": 1},
            "fingerprint": {"type": "string", "minLength": 1},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "required": ["path", "lines"],
                "properties": {
                    "path": {"type": "string", "pattern": r"^(?!\./|/)"},
                    "lines": {
                        "type": "object",
                        "required": ["begin"],
                        "properties": {"begin": {"type": "integer", "minimum": 1}},
                    },
                },
            },
        },
    },
}
"""https://docs.gitlab.com/ci/testing/code_quality/, "Code Quality report format": its table, written as a schema."""


def issues(report: Report) -> list[dict[str, Any]]:
    found = json.loads(render(report, Format.GITLAB))
    Draft202012Validator(SCHEMA).validate(found)
    return list(found)


def test_each_finding_and_unproven_part_is_an_issue() -> None:
    report = failing_report()
    found = issues(report)
    assert len(found) == len(report.findings) + len(report.unproven) > 0
    (place,) = {(one["location"]["path"], one["location"]["lines"]["begin"]) for one in found[:1]}
    assert place in {(one.path, one.line) for one in report.findings}


def test_a_report_without_findings_is_an_empty_list() -> None:
    assert issues(failing_report().model_copy(update={"findings": (), "unproven": ()})) == []


@pytest.mark.parametrize(
    ("severity", "irreversible", "expected"),
    [
        (Severity.ERROR, True, "critical"),
        (Severity.ERROR, False, "major"),
        (Severity.WARNING, False, "minor"),
        (Severity.INFO, False, "info"),
    ],
)
def test_severities_are_gitlabs(severity: Severity, irreversible: bool, expected: str) -> None:
    report = failing_report()
    one = report.findings[0].model_copy(update={"severity": severity, "irreversible": irreversible})
    found = issues(report.model_copy(update={"findings": (one,), "unproven": ()}))
    assert [issue["severity"] for issue in found] == [expected]


def test_two_of_one_fingerprint_are_both_shown() -> None:
    report = failing_report()
    twice = report.model_copy(update={"findings": report.findings[:1] * 2, "unproven": ()})
    prints = [one["fingerprint"] for one in issues(twice)]
    assert len(set(prints)) == 2 and prints[0] == report.findings[0].id


def test_text_of_strangers_stays_on_its_line() -> None:
    report = failing_report()
    one = report.findings[0].model_copy(update={"message": "a\nb\u202e", "line": 0})
    (found,) = issues(report.model_copy(update={"findings": (one,), "unproven": ()}))
    assert found["description"] == "a b\\u202e" and found["location"]["lines"]["begin"] == 1
