"""A hard case in a workflow: handed on, and a redesign that ran before anybody sees it."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from origin import Origin
from required_customer import BAD, FIRST, FOLDER, SET_NOT_NULL, STEPS, reply
from runner import Expressions, Runner
from workflows import workflows
from world import ACTIONS_BOT, GitHub

from tests.bot.summary.messages_api import KEY, State, messages_api

WORKFLOW = workflows("docs/action.md")["Migrations with a summary"]


@pytest.fixture(scope="module")
def model() -> Iterator[tuple[State, str]]:
    with messages_api() as (state, url):
        state.always = reply
        yield state, url


def test_the_redesign_ran_in_the_workflow_and_what_failed_first_was_sent_back(
    github: GitHub,
    expressions: Expressions,
    origin: Origin,
    model: tuple[State, str],
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    origin.commit(
        "main", {f"{FOLDER}/0001_orders.sql": FIRST, ".github/migration.yml": "provider: bundled\n"}
    )
    folder = tmp_path_factory.mktemp("runner")
    runner = Runner(expressions, folder, origin.bare, github.front.url, ANTHROPIC_BASE_URL=model[1])
    runner.secrets = {"ANTHROPIC_API_KEY": KEY}
    number = github.open("customer", {"notes.md": "customer"})
    event = github.payload(action="opened", number=number, pull_request=github.pull_payload(number))

    result = runner.run(
        WORKFLOW, "pull_request", event, origin.pull(number, {BAD: SET_NOT_NULL}), "actions-token"
    )

    assert result.code == 1, result.log
    found = github.ask("GET", f"/issues/{number}/comments?per_page=100")
    (comment,) = [one["body"] for one in found if one["user"]["login"] == ACTIONS_BOT]
    for text in (comment, result.summary):
        assert "### A model's redesign: it was run, and works" in text
        assert all(f"`{FOLDER}/{name}.sql`" in text for name in STEPS)
    asked = [one for one in model[0].asked if one.body["model"] == "claude-sonnet-5-5"]
    assert len(asked) == 2 and "contains null values (SQLSTATE 23502)" in asked[1].user
    left = json.loads((runner.artifacts / "1001" / "migration-report" / "report.json").read_text())
    assert left["verdict"] == "fail", "a proposal changes nothing about what was reviewed"
    assert left["summary"]["redesign"]["works"]
    assert KEY not in result.log + comment + result.summary
