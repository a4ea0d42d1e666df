"""Runs that end before their time."""

from __future__ import annotations

import os
import re
import signal
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from outside import FOLDER, Repository, Seen, command_line, goose, run, start, watch

SLEEPS = {f"{FOLDER}/20260102000000_sleep.sql": goose("DO $$ BEGIN PERFORM pg_sleep(60); END $$;")}


@pytest.fixture
def sleeping(repository_in: Callable[..., Repository]) -> Repository:
    """A change that is in the middle of its work for 25 seconds."""
    repository = repository_in()
    text = (repository.root / "migration.yml").read_text()
    repository.write({"migration.yml": text.replace("statement_seconds: 1", "statement_seconds: 25")})
    repository.commit()
    repository.write(SLEEPS)
    return repository


def test_killed_leaves_no_process_and_the_next_run_removes_its_directory(sleeping: Repository) -> None:
    process = start("validate", cwd=sleeping.root)
    killed = threading.Event()

    def kill(seen: Seen) -> None:
        if is_at_work(seen) and not killed.is_set():
            killed.set()
            process.kill()

    shown = watch(process, kill)
    assert (shown.code, killed.is_set()) == (-signal.SIGKILL, True)
    (sleeping.root / next(iter(SLEEPS))).write_text(goose("SELECT 1;"))
    assert run("validate", cwd=sleeping.root).code == 0
    shown.seen.expect_nothing_left()


def test_a_server_that_dies_is_said_with_2(sleeping: Repository) -> None:
    process = start("validate", cwd=sleeping.root)
    servers: list[int] = []

    def kill(seen: Seen) -> None:
        if is_at_work(seen) and not servers:
            servers.extend(postmasters(seen))
            for pid in servers:
                os.kill(pid, signal.SIGKILL)

    shown = watch(process, kill)
    assert servers
    assert shown.code == 2
    assert shown.err.startswith(f"error: {next(iter(SLEEPS))}: PostgreSQL is gone: ")
    assert "Traceback" not in shown.err
    shown.seen.expect_nothing_left()


def test_ctrl_c_while_it_waits_for_a_slow_base(sleeping: Repository) -> None:
    sleeping.commit()  # now the sleeping migration is part of the base
    sleeping.write({f"{FOLDER}/20260103000000_teams.sql": goose("CREATE TABLE teams (id int);")})
    process = start("validate", "--base", "HEAD", cwd=sleeping.root)
    sent = threading.Event()

    def interrupt(seen: Seen) -> None:
        if is_at_work(seen) and not sent.is_set():
            sent.set()
            process.send_signal(signal.SIGINT)

    shown = watch(process, interrupt)
    assert (shown.code, shown.out) == (130, "")
    assert "Traceback" not in shown.err
    shown.seen.expect_nothing_left()


def test_a_run_that_takes_too_long_in_all_is_ended(repository_in: Callable[..., Repository]) -> None:
    repository = repository_in()
    repository.write({"migration.yml": "provider: bundled\nlimits:\n  total_seconds: 3\n"})
    repository.commit()
    repository.write(
        {f"{FOLDER}/20260102000000_slow.sql": "-- +goose Up\n" + "SELECT pg_sleep(0.9);\n" * 100}
    )
    shown = run("validate", cwd=repository.root)
    assert shown.code == 2
    slow = f"{FOLDER}/20260102000000_slow.sql"
    assert shown.err.startswith(f"error: {slow}: it took longer than 3 s in all, and was ended\n")


def test_a_database_that_lets_nobody_in_any_more_is_said(repository_in: Callable[..., Repository]) -> None:
    repository = repository_in()
    close = "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I CONNECTION LIMIT 0', current_database()); END $$;"
    repository.write({f"{FOLDER}/20260102000000_close.sql": goose(close)})
    shown = run("validate", cwd=repository.root)
    assert shown.code == 2
    assert shown.err.startswith(f"error: {FOLDER}/20260102000000_close.sql: PostgreSQL refuses to go on: ")


def is_at_work(seen: Seen) -> bool:
    """Whether the sleeping migration has begun: PostgreSQL names the command in its processes' titles, and nothing
    else of a run is a DO."""
    return any(re.search(r"postgres: app .* DO\b", command_line(pid)) for pid in seen.processes)


def postmasters(seen: Seen) -> list[int]:
    """The parents of the server's processes."""
    backends = [pid for pid in seen.processes if "postgres: app" in command_line(pid)]
    return sorted(
        {int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1]) for pid in backends}
    )
