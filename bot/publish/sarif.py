"""The report as SARIF 2.1.0 (OASIS, errata 01), as code scanning reads it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from bot.publish import view
from bot.publish.escape import one_line
from checks.model.findings import Finding, Severity, Suppression, Unproven
from checks.model.report import Report

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
FINGERPRINT = "migrationFinding/v1"
UNPROVEN = "unproven"
LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}

Json = dict[str, Any]


@dataclass(frozen=True)
class RuleHelp:
    """What code scanning shows about a rule."""

    summary: str
    """One sentence of plain text."""
    markdown: str


RuleHelps = Callable[[str], RuleHelp]


def sarif(report: Report, rule_help: RuleHelps) -> str:
    """One run: a result for each finding, accepted finding and unproven part."""
    results = [*_results(report)]
    rules = sorted({result["ruleId"] for result in results})
    for result in results:
        result["ruleIndex"] = rules.index(result["ruleId"])
    driver = {
        "name": "Migration Specialist",
        "rules": [_rule(rule, rule_help(rule)) for rule in rules],
    }
    run = {
        "tool": {"driver": driver},
        "invocations": [{"executionSuccessful": True}],
        "columnKind": "unicodeCodePoints",
        "results": results,
        "properties": {
            "verdict": report.verdict,
            "risk": report.risk.level,
            "headline": one_line(report.headline),
        },
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2)


def _results(report: Report) -> Iterator[Json]:
    for finding in report.findings:
        yield _finding(finding)
    for suppression in report.suppressed:
        for finding in suppression.findings:
            yield _finding(finding) | {"suppressions": [_suppression(suppression)]}
    for item in report.unproven:
        yield _unproven(item)


def _finding(finding: Finding) -> Json:
    return _result(finding) | ({"fixes": [*_fixes(finding)]} if [*_fixes(finding)] else {})


def _fixes(finding: Finding) -> Iterator[Json]:
    """§3.55: a proven way that stays within the one file of the finding. Of several files, each has its own deploy."""
    advice = finding.advice
    if advice is None or not advice.proven or [file.path for file in advice.files] != [finding.path]:
        return
    (file,) = advice.files
    if file.replaces:
        yield {
            "description": {"text": one_line(advice.title)},
            "artifactChanges": [
                {
                    "artifactLocation": _artifact(file.path),
                    "replacements": [
                        {
                            # Up to the end of the last line, without what ends it (§3.30.7).
                            "deletedRegion": {"startLine": 1, "endLine": file.replaces},
                            "insertedContent": {"text": file.content.removesuffix("\n")},
                        }
                    ],
                }
            ],
        }


def _result(finding: Finding) -> Json:
    return {
        "ruleId": finding.rule,
        "level": LEVELS[finding.severity],
        "message": {"text": one_line(view.message(finding))},
        "locations": [_location(finding.path, finding.line, finding.end_line)],
        "partialFingerprints": {FINGERPRINT: finding.id},
        "properties": {
            "certainty": finding.certainty,
            "irreversible": finding.irreversible,
            "lineIsGuess": finding.line_is_guess,
        },
    }


def _suppression(suppression: Suppression) -> Json:
    return {"kind": "inSource", "justification": one_line(suppression.reason)}


def _unproven(item: Unproven) -> Json:
    """A warning: SARIF's own kind ``open`` is dropped by code scanning, and unproven is never green."""
    return {
        "ruleId": UNPROVEN,
        "level": "warning",
        "message": {"text": f"Not proven: {one_line(item.reason)}"},
        "locations": [_location(item.path, item.line, item.line)],
    }


def _location(path: str, line: int, end_line: int) -> Json:
    start = max(1, line)
    return {
        "physicalLocation": {
            "artifactLocation": _artifact(path),
            "region": {"startLine": start, "endLine": max(start, end_line)},
        }
    }


def _artifact(path: str) -> Json:
    return {"uri": quote(path, errors="surrogateescape"), "uriBaseId": "%SRCROOT%"}


def _rule(rule: str, text: RuleHelp) -> Json:
    return {
        "id": rule,
        "shortDescription": {"text": text.summary},
        "fullDescription": {"text": text.summary},
        "help": {"text": text.markdown, "markdown": text.markdown},
    }
