"""A service that is killed in the middle, and a GitHub that does not do as it is asked."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from github_front import Fault
from starlette.responses import JSONResponse, Response
from test_story import BAD, FIRST, MIGRATIONS, SECOND
from world import GitHub, ServiceProcess, until

TIMES = int(os.environ.get("MIGRATION_TEST_KILLS", "1"))
"""How often the service is killed at each place: MIGRATION_TEST_KILLS=20 for the whole proof."""
PLACES = {
    "announce": ("POST", "/check-runs$"),
    "snapshot": ("GET", r"/pulls/\d+$"),
    "fetch": ("GET", "/tarball/"),
    "annotations and end": ("PATCH", r"/check-runs/\d+$"),
    "comment": ("POST", r"/issues/\d+/comments$"),
}
"""Step → the request of it that is under way when the service dies."""


@pytest.fixture(scope="module", autouse=True)
def history(github: GitHub) -> None:
    github.commit("main", {f"{MIGRATIONS}/00001_orders.sql": FIRST}, by="")


@pytest.fixture(scope="module")
def running(github: GitHub, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServiceProcess]:
    process = ServiceProcess(github, Path(tmp_path_factory.mktemp("faults")))
    process.start()
    yield process
    process.stop()


def error(status: int, message: str = "", **headers: str) -> Callable[[], Response]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda: JSONResponse({"message": message}, status, headers=named)


@pytest.mark.parametrize("round", range(TIMES))
@pytest.mark.parametrize("after", [True] if TIMES == 1 else [False, True])
@pytest.mark.parametrize("step", PLACES)
def test_a_review_ends_once_although_the_service_was_killed(
    github: GitHub, running: ServiceProcess, step: str, after: bool, round: int
) -> None:
    method, path = PLACES[step]
    died: list[bool] = []

    def die() -> Response:
        running.kill()
        died.append(True)
        return Response(status_code=502)

    github.front.state.faults[:] = [Fault(method, path, die, after=after)]
    branch = f"kill-{step}-{after}-{round}".replace(" ", "-")
    number = github.open(branch, {SECOND: BAD})
    until(lambda: died, 30, f"the request of {step}")
    running.start()
    run = github.finished(github.tip(branch), "failure")
    until(lambda: github.comments(number), what="a comment")
    assert len(github.checks(github.tip(branch))) == 1 == len(github.comments(number))
    seen = [(one["path"], one["start_line"]) for one in github.front.state.annotations[str(run["id"])]]
    assert len(seen) == len(set(seen)) > 0 or _differ(github, run["id"])


def _differ(github: GitHub, id: int) -> bool:
    kept = [str(one) for one in github.front.state.annotations[str(id)]]
    return len(kept) == len(set(kept))


@pytest.mark.parametrize(
    ("method", "path", "answer", "after"),
    [
        ("POST", "/check-runs$", error(502), True),
        ("POST", r"/issues/\d+/comments$", error(502), True),
        ("GET", r"/pulls/\d+$", error(404, "Not Found"), False),
        ("GET", r"/git/ref/", error(401, "Bad credentials"), False),
        (
            "POST",
            "/check-runs$",
            error(403, "You have exceeded a secondary rate limit", retry_after="1"),
            False,
        ),
    ],
    ids=[
        "502 to a check run",
        "502 to a comment",
        "404 on a fresh head",
        "401 to a token",
        "403 with retry-after",
    ],
)
def test_what_github_answers_once_does_no_harm(
    github: GitHub,
    running: ServiceProcess,
    method: str,
    path: str,
    answer: Callable[[], Response],
    after: bool,
) -> None:
    github.front.state.faults[:] = [Fault(method, path, answer, after=after)]
    branch = re.sub(r"\W+", "-", f"once-{method}-{path}-{answer().status_code}-{after}")
    number = github.open(branch, {SECOND: BAD})
    github.finished(github.tip(branch), "failure")
    until(lambda: github.comments(number), what="a comment")
    assert len(github.checks(github.tip(branch))) == 1 == len(github.comments(number))


def test_a_review_that_cannot_be_done_says_so_and_stops_asking(
    github: GitHub, running: ServiceProcess
) -> None:
    github.front.state.faults[:] = [Fault("GET", "/tarball/", error(502), times=99)]
    github.open("no-files", {SECOND: BAD})
    run = github.finished(github.tip("no-files"), "failure")
    github.front.state.faults.clear()
    assert "502" in run["output"]["summary"] and "/tarball/" in run["output"]["summary"]


@pytest.mark.parametrize(
    ("method", "path", "answer"),
    [
        ("POST", "/check-runs$", error(422, "Validation Failed")),
        ("POST", r"/issues/\d+/comments$", error(422, "Validation Failed")),
        ("POST", r"/issues/\d+/comments$", error(403, "Resource not accessible by integration")),
    ],
    ids=["422 to a check run", "422 to a comment", "403 to a comment"],
)
def test_what_github_refuses_ends_the_review_and_is_not_asked_again(
    github: GitHub, running: ServiceProcess, method: str, path: str, answer: Callable[[], Response]
) -> None:
    fault = Fault(method, path, answer)
    github.front.state.faults[:] = [fault]
    branch = re.sub(r"\W+", "-", f"refused-{method}-{path}-{answer().status_code}")
    number = github.open(branch, {SECOND: f"{BAD}\n-- {branch}\n"})  # else two in one second are one commit
    head = github.tip(branch)
    title = "The review did not come to an end"
    until(lambda: [one["output"]["title"] for one in github.checks(head)] == [title], what=title)
    assert str(answer().status_code) in github.checks(head)[0]["output"]["summary"]
    assert fault.times == 0
    assert github.comments(number) == [], "it was refused, and not tried once more"


@pytest.mark.parametrize(
    "limit",
    [
        error(403, "API rate limit exceeded", x_ratelimit_remaining="0", retry_after="3600"),
        error(403, "You have exceeded a secondary rate limit"),
    ],
    ids=["an hour", "403 without retry-after"],
)
def test_a_rate_limit_is_waited_for_and_not_asked_against(
    github: GitHub, running: ServiceProcess, request: pytest.FixtureRequest, limit: Callable[[], Response]
) -> None:
    branch = re.sub(r"\W+", "-", f"limited-{request.node.callspec.id}")
    github.front.state.faults[:] = [Fault("GET", r"/pulls/\d+$", limit, times=99)]
    number = github.open(branch, {SECOND: BAD})
    until(lambda: github.checks(github.tip(branch)), what="the check run of the step before")
    asked = [one for one in github.front.state.asked if re.search(rf"/pulls/{number}$", one.path)]
    until(lambda: [one for one in github.front.state.asked if one.path.endswith(f"/pulls/{number}")])
    running.kill()
    running.start()
    asked = [one for one in github.front.state.asked if one.path.endswith(f"/pulls/{number}")]
    assert len(asked) == 1, "it waits over a restart, too"
    github.front.state.faults.clear()
