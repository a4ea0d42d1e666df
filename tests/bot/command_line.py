"""A git repository with migrations, and the command line as a process."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
COMMAND = [sys.executable, "-c", "from bot.cli import main; main()"]

Command = Callable[..., subprocess.CompletedProcess[str]]


class Repository:
    """A git repository whose branch ``main`` has one goose migration."""

    def __init__(self, root: Path):
        self.root = root
        self.git("init", "--quiet", "--initial-branch=main")
        self.migration(
            "20260101000000_create_users",
            "CREATE TABLE users (id bigint PRIMARY KEY, email text)",
            "DROP TABLE users",
        )
        self.commit()

    def migration(self, name: str, up: str, down: str) -> str:
        """Write one migration, not committed; its path."""
        path = f"db/migrations/{name}.sql"
        self.write(path, f"-- +goose Up\n{up};\n\n-- +goose Down\n{down};\n")
        return path

    def write(self, path: str, text: str) -> None:
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(text)

    def commit(self) -> None:
        self.git("add", ".")
        self.git("-c", "user.name=A", "-c", "user.email=a@example.org", "commit", "--quiet", "-m", "work")

    def git(self, *arguments: str) -> None:
        subprocess.run(["git", *arguments], cwd=self.root, check=True)


def run(*arguments: str, cwd: Path = ROOT, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *arguments],
        cwd=cwd,
        env=environ(**environment),
        capture_output=True,
        text=True,
        check=False,
    )


def environ(**more: str) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), **more}
