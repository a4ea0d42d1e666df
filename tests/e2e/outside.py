"""The product as a user has it: git repositories on disk, the command as a process, and what it leaves behind."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import IO

COMMAND = [sys.executable, "-c", "from bot.cli import main; main()"]
ROOT = Path(__file__).resolve().parents[2]
AUTHOR = ("-c", "user.name=A", "-c", "user.email=a@example.org")
NEVER = 150
"""Seconds after which a run counts as hung: no test waits for them unless something is wrong."""
FOLDER = "db/migrations"
USERS = {
    f"{FOLDER}/20260101000000_users.sql": "-- +goose Up\nCREATE TABLE users (id bigint PRIMARY KEY, email text);\n"
}
SETTINGS = {
    "migration.yml": "provider: bundled\nrows: 20\nlimits:\n  statement_seconds: 1\n  disk_mb: 256\n  memory_mb: 512\n"
}

_RUN_DIRECTORY = re.compile(r"/[^\s\0]*migration-sandbox-\w+")


def goose(up: str, down: str = "SELECT 1;") -> str:
    """A migration whose up script is one statement, from line 3 on."""
    return f"-- +goose Up\n-- +goose StatementBegin\n{up}\n-- +goose StatementEnd\n-- +goose Down\n{down}\n"


@dataclass(frozen=True)
class Repository:
    """A git repository on disk."""

    root: Path

    @classmethod
    def with_base(cls, root: Path, base: Mapping[str, str] = USERS) -> Repository:
        """Its branch ``main`` holds the base; what is written later is not committed."""
        root.mkdir(parents=True, exist_ok=True)
        repository = cls(root)
        repository.git("init", "--quiet", "--initial-branch=main")
        repository.write(SETTINGS | dict(base))
        repository.commit()
        return repository

    def write(self, files: Mapping[str, str | bytes]) -> None:
        for path, body in files.items():
            file = self.root / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(body.encode() if isinstance(body, str) else body)

    def commit(self) -> str:
        """The hash of a commit with all that lies there."""
        self.git("add", ".")
        self.git(*AUTHOR, "commit", "--quiet", "-m", "work")
        return self.git("rev-parse", "HEAD")

    def git(self, *arguments: str) -> str:
        done = subprocess.run(["git", *arguments], cwd=self.root, check=True, capture_output=True, text=True)
        return done.stdout.strip()


@dataclass
class Seen:
    """What was there while a process ran: the processes below it, and the run directories that they name."""

    processes: dict[int, str] = field(default_factory=dict)
    directories: set[Path] = field(default_factory=set)

    def look(self, pid: int) -> None:
        below = descendants(pid)
        self.processes |= below
        for command in below.values():
            self.directories |= {Path(found) for found in _RUN_DIRECTORY.findall(command)}

    def still_running(self) -> list[int]:
        """Processes that still work for one of the run directories: a number alone may be another's by now."""
        names = [str(directory) for directory in self.directories]
        return [pid for pid in self.processes if any(name in command_line(pid) for name in names)]

    def expect_nothing_left(self) -> None:
        deadline = time.monotonic() + 20
        while (self.still_running() or self._left()) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert (self.still_running(), self._left()) == ([], [])

    def _left(self) -> list[Path]:
        return [directory for directory in self.directories if directory.exists()]


@dataclass(frozen=True)
class Shown:
    """How a run ended, as its user sees it."""

    code: int
    out: str
    err: str
    seen: Seen


def start(
    *arguments: str,
    cwd: Path,
    stdout: int | IO[str] = subprocess.PIPE,
    environment: Mapping[str, str | None] = MappingProxyType({}),
) -> subprocess.Popen[str]:
    """The command as a process. An environment variable that is None is not there."""
    wanted: dict[str, str | None] = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "200", **environment}
    return subprocess.Popen(
        [*COMMAND, *arguments],
        cwd=cwd,
        env={name: value for name, value in wanted.items() if value is not None},
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )


def run(*arguments: str, cwd: Path, **environment: str | None) -> Shown:
    """Run to the end, and expect what always holds: no hang, no traceback, no promise of an exit code broken, and
    neither a process nor a directory left behind."""
    shown = watch(start(*arguments, cwd=cwd, environment=environment))
    assert "Traceback" not in shown.err + shown.out
    assert "internal error" not in shown.err
    assert shown.code in (0, 1, 2)
    shown.seen.expect_nothing_left()
    return shown


def watch(process: subprocess.Popen[str], meanwhile: Callable[[Seen], None] = lambda seen: None) -> Shown:
    """Wait for the end of a process. ``meanwhile`` is called again and again with what was seen so far."""
    seen, ended = Seen(), threading.Event()

    def look() -> None:
        while not ended.wait(0.05):
            seen.look(process.pid)
            meanwhile(seen)

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        out, err = process.communicate(timeout=NEVER)
    finally:
        ended.set()
        watcher.join()
        process.kill()
    return Shown(process.returncode, out, err, seen)


def descendants(pid: int) -> dict[int, str]:
    """The processes below a process, with their command lines."""
    found: dict[int, str] = {}
    try:
        threads = [*Path(f"/proc/{pid}/task").iterdir()]
    except OSError:  # it has just ended
        return found
    for child in [int(child) for thread in threads for child in read(thread / "children").split()]:
        found[child] = command_line(child)
        found |= descendants(child)
    return found


def command_line(pid: int) -> str:
    return read(Path(f"/proc/{pid}/cmdline")).replace("\0", " ")


def read(path: Path) -> str:
    """A file of /proc; nothing when its process has just ended."""
    try:
        return path.read_text(errors="replace")
    except OSError:
        return ""
