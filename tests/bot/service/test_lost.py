"""Deliveries that did not get through: the service finds out by itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from test_story import BAD, FIRST, MIGRATIONS, SECOND
from world import GitHub, ServiceProcess, free_port, until


@pytest.fixture(scope="module", autouse=True)
def looking(github: GitHub, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServiceProcess]:
    """A service that asks GitHub every two seconds."""
    state = Path(tmp_path_factory.mktemp("lost"))
    process = ServiceProcess(github, state, MIGRATION_RECONCILE_MINUTES="0.03")
    process.start()
    github.commit("main", {f"{MIGRATIONS}/00001_orders.sql": FIRST}, by="")
    yield process
    assert process.stop() == 0


def test_a_pull_request_of_which_no_delivery_told_is_found(github: GitHub) -> None:
    github.front.state.loses = True
    number = github.open("lost", {SECOND: BAD})
    github.finished(github.tip("lost"), "failure")
    github.front.state.loses = False
    until(lambda: github.comments(number), what="a comment")
    assert len(github.checks(github.tip("lost"))) == 1


def test_a_delivery_that_failed_is_asked_for_again_once(github: GitHub, looking: ServiceProcess) -> None:
    state = github.front.state
    number = int(github.ask("GET", "/pulls")[0]["number"])
    github.front.target = f"http://127.0.0.1:{free_port()}/webhook"
    asked = github.say(number, "/migration status", by="rita")
    failed = until(lambda: [one for one in state.deliveries if not one["status_code"]], what="it failed")[0]
    github.front.target = f"{looking.url}/webhook"

    until(lambda: "+1" in github.reacted(asked), what="the command is carried out")
    tries = [one["status_code"] for one in state.deliveries if one["guid"] == failed["guid"]]
    assert tries[-1] == 202 and tries.count(202) == 1
    assert state.violations == []
