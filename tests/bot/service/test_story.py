"""The App from outside: from its installation to the merge queue, with a real PostgreSQL under every verdict."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from typing import Any

import httpx
import pytest
from world import NAME, OWNER, GitHub, ServiceProcess, until

MIGRATIONS = "db/migrations"
FIRST = "-- +goose Up\nCREATE TABLE orders (id bigint PRIMARY KEY, note text, customer bigint);\n-- +goose Down\nDROP TABLE orders;\n"
BAD = "-- +goose Up\nCREATE INDEX orders_customer ON orders (customer);\n-- +goose Down\nDROP INDEX orders_customer;\n"
IRREVERSIBLE = (
    "-- +goose Up\nSET LOCAL lock_timeout = '2s';\nALTER TABLE orders DROP COLUMN note;\n"
    "-- +goose Down\nSET LOCAL lock_timeout = '2s';\nALTER TABLE orders ADD COLUMN note text;\n"
)
SECOND = f"{MIGRATIONS}/00002_change.sql"


@pytest.fixture(scope="module", autouse=True)
def history(github: GitHub, service: ServiceProcess) -> None:
    github.commit("main", {f"{MIGRATIONS}/00001_orders.sql": FIRST}, by="")
    github.front.state.asked.clear()


def test_a_bad_migration_fails_and_the_suggestion_passes_in_the_same_comment(github: GitHub) -> None:
    number = github.open("index", {SECOND: BAD})
    failed = github.finished(github.tip("index"), "failure")
    assert failed["name"] == "Migration Specialist" and failed["output"]["title"]
    annotations = github.front.state.annotations[str(failed["id"])]
    assert {"path": SECOND, "start_line": 2}.items() <= annotations[0].items()
    comment = until(lambda: github.comments(number), what="a comment")[0]
    assert "index-without-concurrently" in comment["body"]

    suggestion = until(lambda: github.front.state.line_comments.get(str(number)), what="a suggestion")[0]
    assert (suggestion["path"], suggestion["commit_id"]) == (SECOND, github.tip("index"))
    head = github.push(number, "index", {SECOND: taken_over(BAD, suggestion)})
    github.finished(head, "success")
    until(lambda: head in github.comments(number)[0]["body"], what="the comment speaks of the new head")
    assert [one["id"] for one in github.comments(number)] == [comment["id"]]


def taken_over(text: str, suggestion: dict[str, Any]) -> str:
    """The file after "Commit suggestion": the lines in the block stand where the commented ones were."""
    block = re.search(r"^```suggestion\n(.*?)^```", suggestion["body"], re.MULTILINE | re.DOTALL)
    assert block is not None
    lines = text.splitlines(keepends=True)
    lines[suggestion.get("start_line", suggestion["line"]) - 1 : suggestion["line"]] = [block[1]]
    return "".join(lines)


def test_the_report_is_for_people_who_see_the_repository(github: GitHub, service: ServiceProcess) -> None:
    report = github.finished(github.tip("index"), "success")["details_url"]
    github.front.state.sees |= {"user-of-ann": {f"{OWNER}/{NAME}"}, "user-of-eve": set()}
    with httpx.Client() as eve:
        assert eve.get(_signed_in(eve, report, "eve")).status_code == 403
        assert eve.get(report).status_code == 307
    with httpx.Client() as ann:
        assert ann.get(_signed_in(ann, report, "ann")).status_code == 303
        page = ann.get(report)
        assert page.status_code == 200 and "orders_customer" in page.text
        assert "default-src 'none'" in page.headers["content-security-policy"]
        assert ann.get(f"{report}?format=json").json()["verdict"] == "pass"


def _signed_in(browser: httpx.Client, report: str, code: str) -> str:
    """Where GitHub sends a browser back to, once its user has said yes."""
    asked = httpx.URL(browser.get(report).headers["location"])
    state = asked.params["state"]
    return str(httpx.URL(asked.params["redirect_uri"], params={"code": code, "state": state}))


def test_a_link_that_was_signed_shows_the_report_to_whoever_has_it(
    github: GitHub, service: ServiceProcess
) -> None:
    report = github.finished(github.tip("index"), "success")["details_url"].rsplit("/", 1)[1]
    command = [sys.executable, "-c", "from bot.cli import main; main()", "link", report]
    link = subprocess.run(
        command, env=service.environment(), capture_output=True, text=True, check=True
    ).stdout
    assert httpx.get(link.strip()).status_code == 200
    # The signature's first letter: in its last one, base64 leaves two bits without a meaning.
    signed, signature = link.strip().rsplit(".", 1)
    forged = ("A" if signature[0] != "A" else "B") + signature[1:]
    assert httpx.get(f"{signed}.{forged}").status_code == 307


def test_what_cannot_be_undone_waits_for_somebody_else_who_may(
    github: GitHub, service: ServiceProcess
) -> None:
    number = github.open("drop", {SECOND: IRREVERSIBLE})
    head = github.tip("drop")
    github.finished(head, "action_required")
    until(lambda: github.comments(number), what="a comment")
    # GitHub's times are whole seconds: a comment in the second of the report does not count as one after it.
    until(lambda: time.time() % 1 < 0.2)

    for login in ("rita", "ann"):
        asked = github.say(number, "/migration approve all looks fine", by=login)
        until(lambda asked=asked: "-1" in github.reacted(asked), what=f"{login} is refused")
        assert github.reacted(asked)[0] == "eyes"
    assert github.finished(head, "action_required")

    asked = github.say(number, "/migration approve all nobody reads it", by="bob")
    until(lambda: "+1" in github.reacted(asked), what="bob may")
    run = github.finished(head, "success")
    said = run["output"]["summary"] + run["output"]["text"]
    assert "approved by bob" in said and "nobody reads it" in said


def test_a_pull_request_without_migrations_passes_in_silence(github: GitHub) -> None:
    number = github.open("docs", {"docs/words.md": "words\n"})
    github.finished(github.tip("docs"), "success")
    assert github.comments(number) == []


def test_a_push_that_takes_the_migration_back_brings_the_comment_up_to_date(github: GitHub) -> None:
    number = github.open("taken-back", {SECOND: BAD})
    github.finished(github.tip("taken-back"), "failure")
    comment = until(lambda: github.comments(number), what="a comment")[0]
    there = next(one for one in github._files("taken-back") if one["path"] == SECOND)
    gone = {"message": "Take it back", "sha": there["sha"], "branch": "taken-back"}
    github.ask("DELETE", f"/contents/{SECOND}", gone, by="ann")

    head = github.push(number, "taken-back", {"docs/why.md": "not now\n"})
    run = github.finished(head, "success")
    assert run["output"]["title"] == "No migration changed"
    until(lambda: "Nothing is left to review" in github.comments(number)[0]["body"], what="it is edited")
    assert [one["id"] for one in github.comments(number)] == [comment["id"]]


def test_the_merge_queue_gets_its_check(github: GitHub) -> None:
    head = github.branch("queue", {SECOND: BAD})
    group = {
        "head_sha": head,
        "head_ref": "refs/heads/gh-readonly-queue/main/pr-1-x",
        "base_sha": github.tip("main"),
        "base_ref": "refs/heads/main",
    }
    github.front.deliver("merge_group", github.payload(action="checks_requested", merge_group=group))
    github.finished(head, "failure")


def test_nothing_that_was_asked_of_github_is_against_its_description(github: GitHub) -> None:
    assert github.front.state.asked and github.front.state.violations == []


def test_no_secret_is_in_the_log(github: GitHub, service: ServiceProcess) -> None:
    log = service.log.read_text()
    secrets = ("the-webhook-secret", "the-client-secret", "ghs_", "BEGIN RSA", github.key.splitlines()[1])
    assert log and not [secret for secret in secrets if secret in log]
