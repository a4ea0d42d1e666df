"""Nothing is left behind: no process, no directory, however a run ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from checks.sandbox import open_server, places
from checks.settings import Settings

ROOT = Path(__file__).parents[2]
HOLDER = """
import sys, time
from checks.sandbox import open_server, namespaces
from checks.settings import Settings
if sys.argv[1] == "plain":
    namespaces.why_no_bubblewrap = lambda: "the test wants a plain process"
with open_server(Settings(provider="bundled")) as server:
    server.create("base")
    session = server.connect("base")
    session.execute("SET statement_timeout = 0")
    print(server._run.path, session.execute("SELECT pg_backend_pid()").fetchone()[0], flush=True)
    session.execute(sys.argv[2])
"""
CAGES = ("bubblewrap", "plain")
BUSY = "DO $$ BEGIN LOOP NULL; END LOOP; END $$"


class Run:
    """Another process that holds a server and is in the middle of a statement."""

    def __init__(self, kind: str, statement: str = BUSY) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", HOLDER, kind, statement],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=ROOT,
        )  # fmt: skip
        assert self.process.stdout
        line = self.process.stdout.readline()
        assert line, "the run did not start"
        self.directory = Path(line.split()[0])

    def end(self, number: signal.Signals) -> None:
        self.process.send_signal(number)
        self.process.wait(20)

    def servers(self) -> list[int]:
        """The server's processes: all that have something of the run's directory open or as their name."""
        return [pid for pid in _processes() if _belongs(pid, self.directory)]


@pytest.fixture
def run_of() -> Iterator[Callable[[str], Run]]:
    runs: list[Run] = []

    def start(kind: str) -> Run:
        runs.append(Run(kind))
        return runs[-1]

    yield start
    for run in runs:
        run.process.kill()
        run.process.wait()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("kind", CAGES)
def test_interrupted(run_of: Callable[[str], Run], kind: str, number: signal.Signals) -> None:
    run = run_of(kind)
    assert run.servers()
    run.end(number)
    assert _eventually(lambda: not run.servers())
    assert not run.directory.exists()


@pytest.mark.parametrize("kind", CAGES)
def test_killed_leaves_no_process_and_the_next_run_removes_the_directory(
    run_of: Callable[[str], Run], kind: str
) -> None:
    run = run_of(kind)
    run.end(signal.SIGKILL)
    assert _eventually(lambda: not run.servers())
    places.sweep()
    assert not run.directory.exists()


def test_a_run_that_lives_is_not_swept(run_of: Callable[[str], Run]) -> None:
    run = run_of("bubblewrap")
    places.sweep()
    assert run.directory.exists()
    assert run.servers()


def test_the_normal_end_leaves_nothing() -> None:
    with open_server(Settings(provider="bundled")) as server:
        directory = server._run.path  # type: ignore[attr-defined]
        assert directory.exists()
    assert not directory.exists()
    assert not [pid for pid in _processes() if _belongs(pid, directory)]


def test_an_error_in_the_block_leaves_nothing() -> None:
    with pytest.raises(ZeroDivisionError), open_server(Settings(provider="bundled")) as server:
        directory = server._run.path  # type: ignore[attr-defined]
        raise ZeroDivisionError
    assert not directory.exists()


def _processes() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").glob("[0-9]*")]


def _belongs(pid: int, directory: Path) -> bool:
    """bwrap names the directory in its arguments, a plain server works in it."""
    try:
        arguments = Path(f"/proc/{pid}/cmdline").read_bytes()
        place = (Path(f"/proc/{pid}") / "cwd").readlink()
    except OSError:
        return False
    return os.fsencode(directory) in arguments or place.is_relative_to(directory)


def _eventually(holds: Callable[[], bool]) -> bool:
    for _ in range(1000):
        if holds():
            return True
        time.sleep(0.01)
    return False
