"""What is sent to GitHub, held against GitHub's own description of its REST API."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from sample_reports import context, failing_report, finding, hostile_report

from bot.publish.check_run import check_run
from bot.publish.comment import comment
from checks.model.findings import Severity
from checks.model.report import Report

sys.path.insert(0, str(Path(__file__).parent / "service"))
from npm_packages import package
from openapi_guard import Guard

RUNS = "/repos/acme/shop/check-runs"
COMMENTS = "/repos/acme/shop/issues/7/comments"


@pytest.fixture(scope="module")
def guard() -> Guard:
    return Guard(package("@octokit/openapi@23.0.2"))


def violations(guard: Guard, method: str, path: str, body: object) -> list[str]:
    return guard.violations(method, path, "", json.dumps(body).encode())


def large_report() -> Report:
    many = [
        finding("r" * 300, Severity.WARNING, "db/1.sql", line, message="m" * 3_000) for line in range(1, 121)
    ]
    return failing_report().model_copy(update={"findings": tuple(many)})


@pytest.mark.parametrize("report", [failing_report(), hostile_report(), large_report()])
def test_check_runs_and_comments_are_what_github_describes(guard: Guard, report: Report) -> None:
    first, *more = check_run(report, context(report)).requests()
    named = {**first, "name": "Migration Specialist", "head_sha": "b" * 40}
    assert violations(guard, "POST", RUNS, named) == []
    for request in (first, *more):
        assert violations(guard, "PATCH", f"{RUNS}/1", request) == []
    assert violations(guard, "POST", COMMENTS, {"body": comment(report, context(report))}) == []


def test_the_description_knows_the_limits(guard: Guard) -> None:
    first = check_run(large_report(), context(large_report())).requests()[0]
    mark = first["output"]["annotations"][0]  # type: ignore[index]
    output = {**first["output"], "annotations": [mark] * 51}  # type: ignore[dict-item]
    (problem,) = violations(guard, "PATCH", f"{RUNS}/1", {"output": output})
    assert "annotations" in problem
