"""Commands in comments, answered by a workflow; and who gives way when the App is there, too."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from origin import Origin
from pydantic import SecretStr
from runner import Result, Runner
from workflows import workflows
from world import ACTIONS_BOT, APP_ID, BOT, INSTALLATION, NAME, OWNER, SECRET, SLUG, GitHub

from bot.action.posting import app_is_here
from bot.github import App, Credentials, checks, sticky
from bot.github.client import with_token
from bot.github.repository import Repository
from bot.publish.check_run import queued
from bot.publish.comment import nothing_left

COMMANDS = workflows("docs/action.md")["Migration commands"]
PUBLISH = workflows("docs/action.md")["Publish migrations"]
VALIDATE = workflows("README.md")["Migrations"]
FIRST = "-- +goose Up\nCREATE TABLE orders (id bigint PRIMARY KEY, note text, customer bigint);\n-- +goose Down\nDROP TABLE orders;\n"
BAD = "-- +goose Up\nCREATE INDEX orders_customer ON orders (customer);\n-- +goose Down\nDROP INDEX orders_customer;\n"
CONFIGURATION = {".github/migration.yml": "provider: bundled\n"}
SECOND = "db/migrations/00002_change.sql"

Say = Callable[..., Result]


@pytest.fixture(scope="module", autouse=True)
def history(github: GitHub, origin: Origin) -> None:
    files = {"db/migrations/00001_orders.sql": FIRST, **CONFIGURATION}
    github.commit("main", files, by="")
    origin.commit("main", files)


@pytest.fixture(scope="module")
def number(github: GitHub) -> int:
    return github.open("index", {SECOND: BAD})


@pytest.fixture
def say(github: GitHub, runner: Runner) -> Say:
    """Write a comment, and run the workflow as GitHub does for it."""

    def run(number: int, body: str, by: str) -> Result:
        id = github.say(number, body, by=by)
        comment = {
            "id": id,
            "body": body,
            "created_at": "2026-11-01T12:00:00Z",
            "user": {"login": by},
        }
        issue = {"number": number, "state": "open", "pull_request": {"url": "x"}}
        event = github.payload(action="created", issue=issue, comment=comment)
        result = runner.run(COMMANDS, "issue_comment", event, github.tip("main"), "actions-token")
        assert result.code == 0, result.log
        result.outputs["comment"] = str(id)
        return result

    return run


def answers(github: GitHub, number: int) -> list[str]:
    found = github.ask("GET", f"/issues/{number}/comments?per_page=100")
    return [one["body"] for one in found if one["user"]["login"] == ACTIONS_BOT]


def test_several_commands_are_carried_out_by_the_rules_of_the_app(
    github: GitHub, say: Say, number: int
) -> None:
    asked = say(
        number, "/migration plan\n/migration approve all\n/migration explain nothing-like-it", by="bob"
    )
    plan, approve, explain = answers(github, number)
    assert "CONCURRENTLY" in plan
    assert "needs the App" in approve
    assert "no finding" in explain
    assert github.reacted(int(asked.outputs["comment"])) == ["eyes", "+1", "-1", "-1"]
    assert github.checks(github.tip("index")) == [], "nobody asked for a check run"


def test_who_may_not_run_migrations_gets_no_report(github: GitHub, say: Say, number: int) -> None:
    before = len(answers(github, number))
    asked = say(number, "/migration plan\n/migration validate\n/migration help audit", by="rita")
    plan, validate, help = answers(github, number)[before:]
    assert "write access" in plan and "write access" in validate
    assert "/migration audit" in help
    assert github.reacted(int(asked.outputs["comment"])) == ["eyes", "-1", "-1", "+1"]


def test_validate_writes_check_run_and_comment(github: GitHub, say: Say, number: int) -> None:
    say(number, "/migration validate", by="bob")
    (check,) = github.checks(github.tip("index"))
    assert (check["name"], check["conclusion"]) == ("Migration Specialist", "failure")
    assert "index-without-concurrently" in answers(github, number)[-1]


def test_what_was_measured_is_not_overwritten_by_what_is_only_reported(
    github: GitHub, runner: Runner, number: int
) -> None:
    before = answers(github, number)
    place = runner.artifacts / "77" / "migration-report"
    place.mkdir(parents=True)
    (place / "review.json").write_text('{"report": null}')
    run = {
        "id": 77,
        "event": "pull_request",
        "head_sha": github.tip("index"),
        "head_repository": {"full_name": f"{OWNER}/{NAME}"},
    }
    event = github.payload(action="completed", workflow_run=run)
    assert runner.run(PUBLISH, "workflow_run", event, github.tip("main"), "actions-token").code == 0
    assert answers(github, number) == before and "index-without-concurrently" in before[-1]


def test_what_is_no_command_is_left_alone(github: GitHub, say: Say, number: int) -> None:
    before = len(github.front.state.asked)
    body = "> /migration validate\n\nThe migration looks fine to me."
    assert "no command" in say(number, body, by="bob").log
    assert github.front.state.asked[before:] == []


@pytest.fixture
def app(github: GitHub) -> Repository:
    """The repository, through the App's installation."""
    credentials = Credentials(
        app_id=APP_ID, slug=SLUG, private_key=SecretStr(github.key), webhook_secret=SecretStr(SECRET)
    )
    client = App(credentials, f"{github.front.url}/", 0).installation(INSTALLATION)
    return Repository(client, INSTALLATION, OWNER, NAME, BOT)


def test_where_the_app_reviews_the_action_steps_back(
    github: GitHub, runner: Runner, origin: Origin, say: Say, app: Repository
) -> None:
    number = github.open("both", {SECOND: BAD})
    pull = github.pull_payload(number)
    event: dict[str, Any] = github.payload(action="opened", number=number, pull_request=pull)
    merge, head = origin.pull(number, {SECOND: BAD}), pull["head"]["sha"]
    assert runner.run(VALIDATE, "pull_request", event, merge, "actions-token").code == 1
    (alone,) = answers(github, number)
    assert "index-without-concurrently" in alone

    checks.find_or_create(app, head, "a-review", queued().without_annotations())
    result = runner.run(VALIDATE, "pull_request", event, merge, "actions-token")

    assert result.code == 1 and "The App reviews this pull request" in result.said("notice")[0]
    assert result.said("error"), "the step still says what it found"
    assert len(github.checks(head)) == 2, "its own of before, and the App's"
    (now,) = answers(github, number)
    assert "The App reviews this pull request now" in now
    assert "The App listens" in say(number, "/migration plan", by="bob").said("notice")[0]


def test_only_the_comment_of_a_bot_is_taken_for_the_apps(github: GitHub, app: Repository) -> None:
    pull_request, _ = app.pull_request(github.open("copied", {"notes.md": "a"}))
    job = Repository(with_token("actions-token", f"{github.front.url}/", 0), 0, OWNER, NAME, ACTIONS_BOT)
    github.say(pull_request.number, nothing_left(pull_request), by="rita")
    sticky.write(job, pull_request, None, nothing_left(pull_request))
    assert not app_is_here(job, pull_request)
    sticky.write(app, pull_request, None, nothing_left(pull_request))
    assert app_is_here(job, pull_request)


def test_nothing_that_was_asked_of_github_is_against_its_description(github: GitHub) -> None:
    assert github.front.state.asked and github.front.state.violations == []
