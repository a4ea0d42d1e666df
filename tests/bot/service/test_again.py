"""What has a commit reviewed again: buttons, re-runs, a base that moved, the end of a pause."""

from __future__ import annotations

from typing import Any

import pytest
from test_story import BAD, FIRST, IRREVERSIBLE, MIGRATIONS, SECOND
from world import APP_ID, GitHub, ServiceProcess, until

GOOD = (
    "-- +goose NO TRANSACTION\n-- +goose Up\nCREATE INDEX CONCURRENTLY orders_customer ON orders (customer);\n"
    "-- +goose Down\nDROP INDEX CONCURRENTLY orders_customer;\n"
)


@pytest.fixture(scope="module", autouse=True)
def history(github: GitHub, service: ServiceProcess) -> None:
    github.commit("main", {f"{MIGRATIONS}/00001_orders.sql": FIRST}, by="")


def press(github: GitHub, run: dict[str, Any], button: str, by: str) -> None:
    check = {**run, "app": {"id": APP_ID}}
    asked = {"requested_action": {"identifier": button}, "sender": {"login": by, "type": "User"}}
    payload = github.payload(action="requested_action", check_run=check, **asked)
    answer = github.front.deliver("check_run", payload)
    assert answer is not None and answer.status_code == 202


def another(github: GitHub, head: str, count: int, conclusion: str) -> dict[str, Any]:
    until(lambda: len(github.checks(head)) == count, what=f"check run {count} of {head}")
    return github.finished(head, conclusion)


def test_a_push_during_a_pause_is_held_and_reviewed_at_its_end(github: GitHub) -> None:
    number = github.open("paused", {SECOND: BAD})
    github.finished(github.tip("paused"), "failure")
    asked = github.say(number, "/migration pause", by="bob")
    until(lambda: "+1" in github.reacted(asked), what="bob may pause")

    head = github.push(number, "paused", {SECOND: GOOD})
    held = github.finished(head, "action_required")
    assert held["output"]["title"] == "Paused by bob" and len(github.checks(head)) == 1

    asked = github.say(number, "/migration resume", by="bob")
    another(github, head, 2, "success")
    assert "+1" in github.reacted(asked)


def test_the_buttons_validate_and_explain(github: GitHub) -> None:
    number = github.open("buttons", {SECOND: BAD})
    head = github.tip("buttons")
    run = github.finished(head, "failure")
    until(lambda: github.comments(number), what="a comment")
    press(github, run, "validate", by="ann")
    run = another(github, head, 2, "failure")
    press(github, run, "explain", by="rita")
    until(lambda: len(github.comments(number)) == 2, what="an explanation")
    assert "index-without-concurrently" in github.comments(number)[1]["body"]


def test_the_button_approve_needs_the_right_to(github: GitHub) -> None:
    number = github.open("button-approve", {SECOND: IRREVERSIBLE})
    head = github.tip("button-approve")
    run = github.finished(head, "action_required")
    until(lambda: github.comments(number), what="a comment")
    press(github, run, "approve", by="rita")
    until(lambda: len(github.comments(number)) == 2, what="rita is told that she may not")
    assert github.finished(head, "action_required")
    press(github, run, "approve", by="bob")
    assert "approved by bob" in str(github.finished(head, "success")["output"])


def test_a_re_run_of_the_check_and_of_the_suite_review_again(github: GitHub) -> None:
    github.open("re-run", {SECOND: BAD})
    head = github.tip("re-run")
    run = {**github.finished(head, "failure"), "app": {"id": APP_ID}}
    github.front.deliver("check_run", github.payload(action="rerequested", check_run=run))
    another(github, head, 2, "failure")
    suite = {"id": 1, "head_sha": head, "app": {"id": APP_ID}}
    github.front.deliver("check_suite", github.payload(action="rerequested", check_suite=suite))
    another(github, head, 3, "failure")


def test_a_base_that_moved_has_open_reviews_done_again(github: GitHub) -> None:
    head = github.tip("re-run")
    before = len(github.checks(head))
    # The migration of the pull request is on the default branch now: it changes none any more.
    github.commit("main", {SECOND: BAD}, by="")
    until(lambda: len(github.checks(head)) > before, what="a review against the new base")


def test_nothing_that_was_asked_of_github_is_against_its_description(github: GitHub) -> None:
    assert github.front.state.asked and github.front.state.violations == []
