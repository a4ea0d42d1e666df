"""A migration that fails, from the push to a redesign that ran: with the SDK on a real wire, and a real PostgreSQL."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from github_front import Fault
from required_customer import BAD, FIRST, FOLDER, SET_NOT_NULL, STEPS, reply
from starlette.responses import JSONResponse, Response
from world import GitHub, ServiceProcess, until

from tests.bot.summary.messages_api import KEY, State, messages_api


@pytest.fixture(scope="module")
def model() -> Iterator[tuple[State, str]]:
    with messages_api() as (state, url):
        state.always = reply
        yield state, url


@pytest.fixture(scope="module")
def service(
    github: GitHub, model: tuple[State, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ServiceProcess]:
    state = Path(tmp_path_factory.mktemp("service"))
    process = ServiceProcess(github, state, ANTHROPIC_API_KEY=KEY, ANTHROPIC_BASE_URL=model[1])
    process.start()
    yield process
    assert process.stop() == 0, process.log.read_text()[-3000:]


@pytest.fixture(scope="module")
def comment(github: GitHub, service: ServiceProcess, model: tuple[State, str]) -> str:
    """Written by a service that was killed when all models had answered, and started again."""
    github.commit("main", {f"{FOLDER}/0001_orders.sql": FIRST})
    died: list[int] = []

    def die() -> Response:
        service.kill()
        died.append(len(model[0].asked))
        return refusal(502)

    github.front.state.faults.append(Fault("POST", r"/issues/\d+/comments$", die))
    number = github.open("customer", {BAD: SET_NOT_NULL})
    until(lambda: died, 170, "the comment is about to be written")
    service.start()
    github.finished(github.tip("customer"), "failure", seconds=170)
    written = str(until(lambda: github.comments(number), what="a comment")[0]["body"])
    assert len(model[0].asked) == died[0], "no model is asked twice"
    return written


def test_the_record_says_what_failed_what_was_tried_and_why_it_is_handed_on(comment: str) -> None:
    assert "### ⚠️ HAIKU ESCALATION RECOMMENDED" in comment
    for title in ("Error Type", "Details", "What I Attempted", "Why Escalation Needed", "Suggested Action"):
        assert f"**{title}:**" in comment
    assert "Migration Failure (also: Data Integrity)" in comment
    assert "(SQLSTATE 23502)" in comment
    assert "Tried: NOT NULL on `orders.customer` as a check that is NOT VALID → it works." in comment
    assert "holds NULL" in comment.partition("**Why Escalation Needed:**")[2].partition("**Suggested")[0]


def test_the_redesign_ran_and_what_failed_first_was_sent_back(comment: str, model: tuple[State, str]) -> None:
    assert "### A model's redesign: it was run, and works" in comment
    assert "It ends in the schema in which the change ends on empty tables." in comment
    assert f"`{FOLDER}/0003_check.sql`" in comment
    asked = [one for one in model[0].asked if one.body["model"] == "claude-sonnet-5-5"]
    assert len(asked) == 2
    assert "contains null values (SQLSTATE 23502)" in asked[1].user


def test_what_keeps_a_fix_from_the_branch_is_said_and_nothing_is_written(
    github: GitHub, comment: str
) -> None:
    head = github.tip("customer")
    fix = asked_for(github)
    assert "takes write access" in said(github, fix, by="rita")
    github.front.state.faults.append(Fault("POST", "/git/blobs$", lambda: refusal(403)))
    assert "It takes the permission Contents: write" in said(github, fix)
    github.front.state.faults.append(Fault("PATCH", "/git/refs/heads/customer$", lambda: refusal(422)))
    assert f"`customer` has moved since `{head[:7]}`" in said(github, fix)
    assert github.tip("customer") == head


def test_a_fork_that_maintainers_may_not_edit_gets_no_commit(github: GitHub, comment: str) -> None:
    fix = asked_for(github)
    pull = github.pull_payload(1)
    pull["head"]["repo"] = {**pull["head"]["repo"], "full_name": "stranger/shop"}
    fork = Fault("GET", "/pulls/1$", lambda: JSONResponse({**pull, "maintainer_can_modify": False}), times=99)
    github.front.state.faults.append(fork)
    try:
        assert "The branch is in the fork `stranger/shop`" in said(github, fix)
    finally:
        fork.times = 0
    written = [one.path for one in github.front.state.asked if one.method == "POST" and "/git/" in one.path]
    assert not [path for path in written if "stranger" in path]


def test_a_fix_is_committed_once_though_githubs_answer_is_lost(github: GitHub, comment: str) -> None:
    head = github.tip("customer")
    fix = asked_for(github)
    lost = Fault("PATCH", "/git/refs/heads/customer$", lambda: refusal(502), after=True)
    github.front.state.faults.append(lost)
    assert "Committed" in said(github, fix)
    commit = github.ask("GET", f"/git/commits/{github.tip('customer')}")
    assert [one["sha"] for one in commit["parents"]] == [head]
    assert f"Migration-Finding: {fix.split()[2]}" in commit["message"]
    files = {one["path"] for one in github._files("customer") if one["path"].endswith(".sql")}
    assert files == {f"{FOLDER}/0001_orders.sql", *(f"{FOLDER}/{name}.sql" for name in STEPS)}


def asked_for(github: GitHub) -> str:
    """The command that the App itself names for it."""
    shown = said(github, "/migration fix not-null-fails-on-rows")
    return re.findall(r"/migration fix \S+ commit", shown)[0]


def refusal(status: int) -> Response:
    return JSONResponse({"message": "no"}, status)


def said(github: GitHub, text: str, by: str = "bob") -> str:
    """The App's answer to a comment."""
    before = len(comments(github))
    github.say(1, text, by=by)
    until(lambda: len(comments(github)) > before, what=f"an answer to {text}")
    return comments(github)[-1]


def comments(github: GitHub) -> list[str]:
    return [str(one["body"]) for one in github.comments(1)]


def test_no_value_of_a_row_reaches_a_model(model: tuple[State, str]) -> None:
    sent = json.dumps([one.body for one in model[0].asked], ensure_ascii=False)
    assert "Failing row contains" not in sent


def test_nothing_that_was_asked_of_github_is_against_its_description(github: GitHub, comment: str) -> None:
    assert github.front.state.violations == []
