"""The repository as GitHub's git server has it: bare, with the commit to which GitHub merges a pull request."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path


class Origin:
    def __init__(self, folder: Path):
        self.bare = folder / "shop.git"
        self._work = folder / "work"
        self._git(folder, "init", "--quiet", "--bare", "--initial-branch=main", str(self.bare))
        # As GitHub allows it: a checkout asks for the very commit.
        self._git(self.bare, "config", "uploadpack.allowAnySHA1InWant", "true")
        self._git(folder, "clone", "--quiet", str(self.bare), str(self._work))
        self._git(self._work, "checkout", "--quiet", "-B", "main")

    def commit(self, branch: str, files: Mapping[str, str], start: str = "main") -> str:
        """A commit on a branch, which is made anew from ``start`` unless it is ``start``; its hash."""
        if branch != start:
            self._git(self._work, "checkout", "--quiet", "-B", branch, start)
        for path, text in files.items():
            (self._work / path).parent.mkdir(parents=True, exist_ok=True)
            (self._work / path).write_text(text)
        self._git(self._work, "add", ".")
        self._git(self._work, *NOBODY, "commit", "--quiet", "--allow-empty", "-m", "Change")
        return self._pushed(branch)

    def back_to_main(self) -> None:
        self._git(self._work, "checkout", "--quiet", "main")

    def pull(self, number: int, files: Mapping[str, str]) -> str:
        """What GitHub merges a pull request with these files to: the hash of ``refs/pull/<number>/merge``."""
        self.commit(f"change-{number}", files)
        self._git(self._work, "checkout", "--quiet", "--detach", "main")
        self._git(self._work, *NOBODY, "merge", "--quiet", "--no-ff", "-m", "Merge", f"change-{number}")
        merged = self._pushed(f"refs/pull/{number}/merge")
        self._git(self._work, "checkout", "--quiet", "main")
        return merged

    def _pushed(self, ref: str) -> str:
        self._git(self._work, "push", "--quiet", "--force", "origin", f"HEAD:{ref}")
        return self._git(self._work, "rev-parse", "HEAD").strip()

    @staticmethod
    def _git(folder: Path, *arguments: str) -> str:
        done = subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True, text=True)
        return done.stdout


NOBODY = ("-c", "user.name=A", "-c", "user.email=a@example.org")
