from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from sample_reports import CURRENCY_PATH, failing_report, finding, hostile_report, passing_report

from bot.publish.sarif import RuleHelp, sarif
from checks.model.findings import Advice, AdviceFile, Severity, Suppression
from checks.model.report import Report

SCHEMA = json.loads((Path(__file__).parent / "sarif-schema-2.1.0.json").read_text())
"""OASIS SARIF 2.1.0, errata 01, as published."""


def written(report: Report) -> Any:
    return json.loads(sarif(report, lambda rule: RuleHelp(f"What {rule} is.", f"## {rule}")))


@pytest.mark.parametrize(
    "report", [passing_report(), failing_report(), hostile_report()], ids=["passing", "failing", "hostile"]
)
def test_it_is_valid(report: Report) -> None:
    jsonschema.Draft4Validator(SCHEMA, format_checker=jsonschema.FormatChecker()).validate(written(report))


def test_a_result_has_its_place_its_level_and_a_stable_fingerprint() -> None:
    [result] = [
        result
        for result in written(failing_report())["runs"][0]["results"]
        if result["ruleId"] == "statement-fails"
    ]
    assert result["level"] == "error"
    assert result["partialFingerprints"] == {"migrationFinding/v1": "statement-fails-2"}
    location = result["locations"][0]["physicalLocation"]
    assert location["artifactLocation"]["uri"] == CURRENCY_PATH
    assert location["region"] == {"startLine": 2, "endLine": 2}


def test_every_result_points_at_its_rule() -> None:
    run = written(failing_report())["runs"][0]
    rules = run["tool"]["driver"]["rules"]
    assert [rules[result["ruleIndex"]]["id"] for result in run["results"]] == [
        result["ruleId"] for result in run["results"]
    ]
    assert all(rule["help"]["markdown"] == f"## {rule['id']}" for rule in rules)


def test_what_is_unproven_is_a_warning() -> None:
    [result] = [
        result for result in written(failing_report())["runs"][0]["results"] if result["ruleId"] == "unproven"
    ]
    assert result["level"] == "warning"


def test_an_accepted_finding_is_there_with_its_reason() -> None:
    accepted = Suppression(
        rule="drop-table",
        path="a.sql",
        line=1,
        reason="unused",
        findings=(finding("drop-table", Severity.ERROR, "a.sql", 2),),
    )
    run = written(passing_report().model_copy(update={"suppressed": (accepted,)}))["runs"][0]
    assert run["results"][0]["suppressions"] == [{"kind": "inSource", "justification": "unused"}]


def test_a_path_is_written_as_a_uri() -> None:
    odd = finding("drop-table", Severity.ERROR, "db/a b#1.sql", 1)
    run = written(passing_report().model_copy(update={"findings": (odd,)}))["runs"][0]
    uri = run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert uri == "db/a%20b%231.sql"


def test_a_proven_way_within_one_file_is_a_fix_that_can_be_applied() -> None:
    text = "-- up\nCREATE INDEX i ON t (a);\n"
    content = "-- up\nCREATE INDEX CONCURRENTLY i ON t (a);\n"
    own = AdviceFile(path=CURRENCY_PATH, content=content, replaces=2)
    more = AdviceFile(path="db/migrations/other.sql", content="SELECT 1;\n")
    assert applied(text, fixes_of(Advice(title="Build it", proven=True, files=(own,)))) == content
    assert applied(text[:-1], fixes_of(Advice(title="Build it", proven=True, files=(own,)))) == content[:-1]
    assert fixes_of(Advice(title="Build it", proven=True, files=(own, more))) == []
    assert fixes_of(Advice(title="Build it", proven=False, files=(own,))) == []


def fixes_of(advice: Advice) -> list[Any]:
    report = failing_report().model_copy(
        update={"findings": (finding("index", Severity.ERROR, CURRENCY_PATH, 2, advice=advice),)}
    )
    document = written(report)
    jsonschema.Draft4Validator(SCHEMA).validate(document)
    return [fix for result in document["runs"][0]["results"] for fix in result.get("fixes", [])]


def applied(text: str, fixes: list[Any]) -> str:
    """As a viewer does it: from the start of a line to the end of another, without what ends that one."""
    [change] = fixes[0]["artifactChanges"]
    [replacement] = change["replacements"]
    region, lines = replacement["deletedRegion"], text.split("\n")
    new = replacement["insertedContent"]["text"].split("\n")
    return "\n".join([*lines[: region["startLine"] - 1], *new, *lines[region["endLine"] :]])
