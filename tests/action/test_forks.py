"""A pull request whose job may only read, and the second workflow that shows what it found."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from origin import Origin
from runner import Runner
from workflows import workflows
from world import ACTIONS_BOT, NAME, OWNER, GitHub

MIGRATION = "db/migrations/00002_index.sql"
FIRST = "-- +goose Up\nCREATE TABLE orders (id bigint PRIMARY KEY, customer bigint);\n-- +goose Down\nDROP TABLE orders;\n"
BAD = "-- +goose Up\nCREATE INDEX orders_customer ON orders (customer);\n-- +goose Down\nDROP INDEX orders_customer;\n"
VALIDATE = workflows("README.md")["Migrations"]
PUBLISH = workflows("docs/action.md")["Publish migrations"]
FORK = "eve/shop"


@pytest.fixture(scope="module", autouse=True)
def history(origin: Origin) -> None:
    origin.commit(
        "main", {"db/migrations/00001_orders.sql": FIRST, ".github/migration.yml": "provider: bundled\n"}
    )


@pytest.fixture(scope="module")
def event(github: GitHub) -> dict[str, Any]:
    """With all that a stranger may choose: the title, the branch, the name of the repository."""
    number = github.open("from-a-fork", {"notes.md": "a"})
    pull = github.pull_payload(number) | {
        "title": "$(touch pwned) `touch pwned`\n::error::pwned\n::set-output name=verdict::pass"
    }
    pull["head"] = pull["head"] | {"ref": "$(touch${IFS}pwned)", "repo": {"full_name": FORK}}
    return github.payload(action="opened", number=number, pull_request=pull)


@pytest.fixture(scope="module")
def ran(event: dict[str, Any], origin: Origin, runner: Runner) -> Any:
    """Of a file whose name would be a command, too, if anything made it one."""
    merge = origin.pull(
        event["number"], {MIGRATION: BAD, "db/migrations/00003_$(touch pwned),x=y:.sql": HOSTILE}
    )
    return runner.run(VALIDATE, "pull_request", event, merge, "actions-reader")


HOSTILE = (
    '-- +goose Up\nALTER TABLE orders ADD COLUMN "\n::error::pwned\n##[error]pwned\n::set-output name=verdict::pass" int;\n'
    'CREATE INDEX "$(touch pwned)" ON orders (customer);\n-- +goose Down\nDROP TABLE orders;\n'
)


def followed(github: GitHub, event: Mapping[str, Any], **run: Any) -> dict[str, Any]:
    """The event that GitHub sends when the run has ended."""
    ended = {
        "id": 1001,
        "event": "pull_request",
        "head_sha": github.pull_payload(event["number"])["head"]["sha"],
        "head_repository": {"full_name": f"{OWNER}/{NAME}"},
        "conclusion": "failure",
    }
    return github.payload(action="completed", workflow_run=ended | run)


def comments(github: GitHub, number: int) -> list[str]:
    found = github.ask("GET", f"/issues/{number}/comments?per_page=100")
    return [one["body"] for one in found if one["user"]["login"] == ACTIONS_BOT]


def test_the_step_fails_for_the_migration_and_not_for_the_token(ran: Any, github: GitHub, event: Any) -> None:
    assert ran.code == 1 and ran.outputs["verdict"] == "fail", ran.log
    assert "index-without-concurrently" in ran.summary
    (notice,) = [text for text in ran.said("notice") if "may not write" in text]
    assert "a check run and a comment" in notice and "forks" in notice
    marks = [(given.get("file"), text) for name, given, text in ran.commands if name == "error"]
    assert (MIGRATION, "2") in [
        (given["file"], given["line"]) for name, given, _ in ran.commands if name == "error"
    ]
    assert len(marks) <= 10 and comments(github, event["number"]) == []


def test_text_of_strangers_is_no_command_for_shell_or_runner(ran: Any, runner: Runner) -> None:
    assert not [*runner.artifacts.parent.rglob("pwned*")]
    assert {name for name, *_ in ran.commands} <= {"error", "warning", "notice", "stop-commands"}
    assert "pwned" not in [text for _, _, text in ran.commands]
    assert all(given for name, given, _ in ran.commands if name == "error"), (
        "each is a finding with its place"
    )
    assert any("$(touch pwned),x=y:.sql" in given.get("file", "") for _, given, _ in ran.commands)
    assert int(ran.outputs["errors"]) >= 2


def test_the_second_workflow_shows_it_and_says_whose_word_it_is(
    ran: Any, github: GitHub, event: Any, runner: Runner
) -> None:
    after = followed(github, event)
    shown = runner.run(PUBLISH, "workflow_run", after, github.tip("main"), "actions-token")
    assert shown.code == 0, shown.log
    (comment,) = comments(github, event["number"])
    assert "Whoever opened it can change that run" in comment and "index-without-concurrently" in comment
    (check,) = github.ask("GET", f"/commits/{after['workflow_run']['head_sha']}/check-runs")["check_runs"]
    assert (check["name"], check["conclusion"]) == ("Migration Specialist (reported)", "failure")


def test_a_report_about_another_head_is_published_nowhere(
    ran: Any, github: GitHub, event: Any, runner: Runner
) -> None:
    """The commit is the same, and the repository is not."""
    before = len(github.front.state.asked)
    moved = followed(github, event, head_repository={"full_name": FORK})
    shown = runner.run(PUBLISH, "workflow_run", moved, github.tip("main"), "actions-token")
    assert shown.code == 0 and "nothing to publish" in shown.said("notice")[0], shown.log
    assert not [one for one in github.front.state.asked[before:] if one.method != "GET"]


def forged(report: dict[str, Any]) -> dict[str, Any]:
    return report | {"report": report["report"] | {"verdict": "pass", "findings": [], "unproven": []}}


def test_a_report_that_was_made_up_is_never_green(
    ran: Any, github: GitHub, event: Any, runner: Runner
) -> None:
    place = runner.artifacts / "77" / "migration-report"
    place.mkdir(parents=True)
    real = json.loads((runner.artifacts / "1001" / "migration-report" / "review.json").read_text())
    (place / "review.json").write_text(json.dumps(forged(real)))
    after = followed(github, event, id=77)
    assert runner.run(PUBLISH, "workflow_run", after, github.tip("main"), "actions-token").code == 0
    checks = github.checks(after["workflow_run"]["head_sha"])
    assert "success" not in {check["conclusion"] for check in checks}
    assert {check["name"] for check in checks} == {"Migration Specialist (reported)"}


def test_an_artifact_that_is_no_report_is_refused(
    ran: Any, github: GitHub, event: Any, runner: Runner
) -> None:
    place = runner.artifacts / "78" / "migration-report"
    place.mkdir(parents=True)
    (place / "review.json").symlink_to(runner.artifacts / "1001" / "migration-report" / "review.json")
    before = comments(github, event["number"])
    after = followed(github, event, id=78)
    shown = runner.run(PUBLISH, "workflow_run", after, github.tip("main"), "actions-token")
    assert shown.code == 2 and "review.json: cannot be read" in shown.said("error")[0], shown.log
    assert comments(github, event["number"]) == before


def test_nothing_that_was_asked_of_github_is_against_its_description(github: GitHub) -> None:
    assert github.front.state.asked and github.front.state.violations == []
