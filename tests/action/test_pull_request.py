"""The README's workflow in the example's repository, run as GitHub's runner runs it."""

from __future__ import annotations

import json
import sys
from typing import Any

import pytest
from origin import Origin
from runner import ROOT, Runner
from workflows import workflows
from world import ACTIONS_BOT, GitHub

EXAMPLE = ROOT / "examples" / "shop"
NEW = (EXAMPLE / "pull-request.txt").read_text().split()
INDEX, DROP = NEW[1], NEW[2]
README = workflows("README.md")["Migrations"]
CONFIGURATION = {".github/migration.yml": "provider: bundled\n"}
"""So that the tests are as quick wherever they run."""


def text(path: str) -> str:
    return (EXAMPLE / path).read_text()


@pytest.fixture(scope="module", autouse=True)
def history(origin: Origin) -> None:
    old = sorted(path for path in EXAMPLE.rglob("*.sql") if str(path.relative_to(EXAMPLE)) not in NEW)
    files = {str(path.relative_to(EXAMPLE)): path.read_text() for path in old}
    origin.commit("main", {**files, **CONFIGURATION})


def opened(github: GitHub, branch: str, title: str = "") -> dict[str, Any]:
    """The event of a pull request; what is in its branch on the counterpart plays no part."""
    number = github.open(branch, {"notes.md": branch})
    pull = github.pull_payload(number) | ({"title": title} if title else {})
    return github.payload(action="opened", number=number, pull_request=pull)


def said_by_us(github: GitHub, number: int) -> list[dict[str, Any]]:
    found = github.ask("GET", f"/issues/{number}/comments?per_page=100")
    return [one for one in found if one["user"]["login"] == ACTIONS_BOT]


def test_a_bad_migration_fails_the_job_and_says_so_everywhere(
    github: GitHub, origin: Origin, runner: Runner
) -> None:
    event = opened(github, "bad")
    number, head = event["number"], event["pull_request"]["head"]["sha"]
    merge = origin.pull(number, {INDEX: text(INDEX)})

    result = runner.run(README, "pull_request", event, merge, "actions-token")

    assert result.code == 1, result.log
    assert f"--require-hashes\n--requirement\n{ROOT}/requirements/action.txt\n" in result.pip
    assert result.pip.endswith(f"--no-deps\n--no-build-isolation\n{ROOT}\n"), "it installs its own commit"
    assert {"verdict": "fail", "errors": "1", "migrations": "1"}.items() <= result.outputs.items()
    assert "index-without-concurrently" in result.summary
    (check,) = github.checks(head)
    assert (check["name"], check["conclusion"]) == ("Migration Specialist", "failure")
    marks = github.front.state.annotations[str(check["id"])]
    assert {"path": INDEX, "annotation_level": "failure"}.items() <= marks[0].items()
    (comment,) = said_by_us(github, number)
    assert "index-without-concurrently" in comment["body"] and "`/migration" not in comment["body"]
    assert result.said("error") == [], "the check run marks the lines"
    left = runner.artifacts / "1001" / "migration-report"
    assert json.loads((left / "report.json").read_text())["verdict"] == "fail"
    assert {"report.html", "report.sarif", "review.json"} <= {path.name for path in left.iterdir()}

    mended = (
        text(INDEX)
        .replace("CREATE INDEX", "CREATE INDEX CONCURRENTLY")
        .replace("-- +goose Up", "-- +goose NO TRANSACTION\n-- +goose Up")
    )
    pushed = origin.pull(number, {INDEX: mended})
    passed = runner.run(README, "pull_request", event, pushed, "actions-token")
    assert passed.code == 0 and "from the cache" in passed.log, "the base was kept by the first run"
    (again,) = said_by_us(github, number)
    assert again["id"] == comment["id"] and again["body"] != comment["body"]


def test_a_run_that_was_overtaken_by_a_push_leaves_the_comment_alone(
    github: GitHub, origin: Origin, runner: Runner
) -> None:
    event = opened(github, "overtaken")
    github.commit("overtaken", {"notes.md": "more"})
    merge = origin.pull(event["number"], {"notes.md": "no migration"})
    result = runner.run(README, "pull_request", event, merge, "actions-token")
    assert result.code == 0 and "A push came in" in result.said("notice")[0]
    (check,) = github.checks(event["pull_request"]["head"]["sha"])
    assert check["conclusion"] == "success", "what was run is what is said about this commit"


SCRIPT = """
import os, psycopg
open("seen.txt", "w").write(repr(dict(os.environ)))
psycopg.connect(os.environ["DATABASE_URL"], autocommit=True).execute("CREATE TABLE baskets (id bigint PRIMARY KEY)")
print("::error::pwned")
"""


def test_a_framework_s_command_runs_without_the_token(github: GitHub, origin: Origin, runner: Runner) -> None:
    """It is the pull request's own code, so it comes last here: the base is another one from now on."""
    commands = f"commands:\n  migrate: {sys.executable} migrate.py\n  rollback: ''\n"
    origin.commit("main", {".github/migration.yml": "provider: bundled\n" + commands})
    event = opened(github, "code")
    merge = origin.pull(event["number"], {"migrate.py": SCRIPT})

    result = runner.run(README, "pull_request", event, merge, "actions-token")

    assert result.outputs["migrations"] == "1" and "baskets" in result.summary, result.log
    (seen,) = [path.read_text() for path in runner.artifacts.parent.glob("job-*/*/seen.txt")]
    assert "DATABASE_URL" in seen and "actions-token" not in seen and "GITHUB_" not in seen
    assert result.said("error") == []
