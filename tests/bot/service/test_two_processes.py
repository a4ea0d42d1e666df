"""Two processes on one PostgreSQL: they share the work, and one that dies loses none."""

from __future__ import annotations

from pathlib import Path

from github_front import Fault
from starlette.responses import Response
from test_story import BAD, FIRST, MIGRATIONS, SECOND
from world import GitHub, ServiceProcess, until, url_of

from checks.sandbox import Database


def test_what_a_dead_process_had_begun_is_ended_by_the_other(
    github: GitHub, database: Database, tmp_path: Path
) -> None:
    github.commit("main", {f"{MIGRATIONS}/00001_orders.sql": FIRST}, by="")
    settings = {"DATABASE_URL": url_of(database), "MIGRATION_DEAD_SECONDS": "3"}
    processes = [ServiceProcess(github, tmp_path / name, **settings) for name in ("one", "two")]
    for process in processes:
        process.start()
    died: list[str] = []

    def die() -> Response:
        # Whoever runs it: the one that waits for this very answer.
        for process in processes:
            if process.is_asking(github.front.port_of_asker):
                process.kill()
                died.append(process.url)
        return Response(status_code=502)

    github.front.state.faults[:] = [Fault("GET", "/tarball/", die)]
    number = github.open("taken-over", {SECOND: BAD})
    until(lambda: died, 30, "one dies")
    github.finished(github.tip("taken-over"), "failure", 90)
    until(lambda: github.comments(number), what="a comment")
    assert len(died) == 1
    assert len(github.checks(github.tip("taken-over"))) == 1 == len(github.comments(number))
    for process in processes:
        if process.url not in died:
            assert process.stop() == 0
