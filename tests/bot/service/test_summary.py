"""The summary from outside: a model that is asked by the service, on a real wire, for real money that is counted."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from github_front import Fault
from starlette.responses import Response
from test_story import BAD, FIRST, MIGRATIONS, SECOND
from world import GitHub, ServiceProcess, until

from bot.summary.model import Draft, Sentence
from tests.bot.summary.messages_api import KEY, Asked, Handler, State, answers, messages_api

CONFIGURATION = ".github/migration.yml"
SAID = "Writes on `public.orders` wait until commit, because of a `SHARE` lock."


@pytest.fixture(scope="module")
def models() -> Iterator[tuple[State, str]]:
    with messages_api() as (state, url):
        state.always = writes
        yield state, url


@pytest.fixture(scope="module")
def state(models: tuple[State, str]) -> State:
    return models[0]


@pytest.fixture(scope="module", autouse=True)
def service(
    github: GitHub, models: tuple[State, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ServiceProcess]:
    github.commit("main", {f"{MIGRATIONS}/00001_orders.sql": FIRST}, by="")
    state = Path(tmp_path_factory.mktemp("summary"))
    process = ServiceProcess(github, state, ANTHROPIC_API_KEY=KEY, ANTHROPIC_BASE_URL=models[1])
    process.start()
    yield process
    process.stop()


def writes(handler: Handler, asked: Asked) -> None:
    """A model that does as it should: it cites what it was sent."""
    report = json.loads(re.findall(r"<data \w+>\n(.*?)\n</data", asked.user, re.DOTALL)[0])
    statement = report["migrations"][0]["statements"][0]["id"]
    (finding,) = [one["id"] for one in report["findings"] if one["rule"] == "index-without-concurrently"]
    draft = Draft(
        headline=Sentence(text="An index build on `orders` stops all writes.", rests_on=(finding, statement)),
        changes=(Sentence(text="It builds an index on `public.orders`.", rests_on=(statement,)),),
        running_system=(Sentence(text=SAID, rests_on=(finding, statement)),),
        rollout=(),
        rollback=(),
        open=(),
    )
    answers(draft)(handler, asked)


def comment_of(github: GitHub, number: int, holding: str) -> str:
    def look() -> str:
        return next((str(one["body"]) for one in github.comments(number) if holding in one["body"]), "")

    return until(look, what=f"a comment with {holding}")


def report_of(service: ServiceProcess, run: dict[str, Any]) -> dict[str, Any]:
    id = str(run["details_url"]).rsplit("/", 1)[1]
    command = [sys.executable, "-c", "from bot.cli import main; main()", "link", id]
    link = subprocess.run(
        command, env=service.environment(), capture_output=True, text=True, check=True
    ).stdout
    return dict(httpx.get(f"{link.strip()}&format=json").json())


def usage_of(service: ServiceProcess, run: dict[str, Any]) -> list[dict[str, Any]]:
    return list(report_of(service, run)["summary"]["usage"])


def test_a_repository_that_wants_no_summary_has_nothing_sent(
    github: GitHub, service: ServiceProcess, state: State
) -> None:
    github.commit("main", {CONFIGURATION: "summary: off\n"}, by="")
    number = github.open("written", {SECOND: BAD})
    run = github.finished(github.tip("written"), "failure")
    assert "evidence below" not in comment_of(github, number, "index-without-concurrently")
    assert "summary" not in report_of(service, run)
    assert not state.asked


def test_the_comment_says_it_and_the_report_has_the_bill(
    github: GitHub, service: ServiceProcess, state: State
) -> None:
    github.commit("main", {CONFIGURATION: "summary: auto\n"}, by="")  # its pull requests are reviewed again
    (number,) = [int(one["number"]) for one in github.ask("GET", "/pulls")]
    body = comment_of(github, number, "stops all writes")
    assert SAID.split("`")[0] in body and "claude-haiku-5-5" in body
    assert [call.body["model"] for call in state.asked] == ["claude-haiku-5-5"]
    (call,) = usage_of(service, newest(github, 2))
    assert call["outcome"] == "answered" and call["dollars"] > 0
    metrics = httpx.get(f"{service.url}/metrics").text
    assert float(re.findall(r'model_dollars_total{model="claude-haiku-5-5"} (\S+)', metrics)[0]) > 0

    github.say(number, "/migration explain index-without-concurrently", by="rita")
    assert "public.orders" in comment_of(github, number, "From the summary")


def test_a_second_review_of_the_same_evidence_is_free(
    github: GitHub, service: ServiceProcess, state: State
) -> None:
    (number,) = [int(one["number"]) for one in github.ask("GET", "/pulls")]
    github.say(number, "/migration validate", by="ann")
    usage = usage_of(service, newest(github, 3))
    assert [(one["outcome"], one["dollars"]) for one in usage] == [("remembered", 0)]
    assert len(state.asked) == 1


def newest(github: GitHub, count: int) -> dict[str, Any]:
    """The newest of so many check runs, once it has ended."""

    def look() -> dict[str, Any] | None:
        runs = sorted(github.checks(github.tip("written")), key=lambda run: int(run["id"]))
        return runs[-1] if len(runs) == count and runs[-1]["conclusion"] else None

    return until(look, 90, f"{count} check runs that have ended")


def test_a_crash_between_the_call_and_the_comment_costs_no_second_call(
    github: GitHub, service: ServiceProcess, state: State
) -> None:
    assert KEY not in service.log.read_text()
    state.asked.clear()
    died: list[bool] = []

    def die() -> Response:
        service.kill()
        died.append(True)
        return Response(status_code=502)

    github.front.state.faults[:] = [Fault("POST", r"/issues/\d+/comments$", die, after=False)]
    number = github.open("crash", {SECOND: BAD.replace("orders_customer", "orders_by_customer")})
    until(lambda: died, 60, "the comment is about to be written")
    assert len(state.asked) == 1
    service.start()
    github.finished(github.tip("crash"), "failure")
    comment_of(github, number, "stops all writes")
    assert len(state.asked) == 1
