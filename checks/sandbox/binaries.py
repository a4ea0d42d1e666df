"""A directory of PostgreSQL programs, wherever it came from."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Binaries:
    """``postgres`` and ``initdb`` of one version."""

    directory: Path
    """The one that holds the programs."""
    provider: str
    """``"installed"``, ``"bundled"``: as the report names it."""
    version: str
    """``"18.4"``."""
    roots: tuple[Path, ...]
    """Everything outside /usr that they read: programs, libraries, share directory."""

    @property
    def major(self) -> int:
        return int(self.version.split(".")[0])

    @property
    def identity(self) -> str:
        """Another build of the same version has another size."""
        return str(self.postgres.stat().st_size)

    @property
    def postgres(self) -> Path:
        return self.directory / "postgres"

    @property
    def initdb(self) -> Path:
        return self.directory / "initdb"


def read_version(directory: Path) -> str | None:
    """What ``postgres --version`` says (``"18.4"``), None when it does not run."""
    try:
        answer = subprocess.run(
            [directory / "postgres", "--version"], capture_output=True, text=True, timeout=10, check=True
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return None
    return version_in(answer)


def version_in(answer: str) -> str | None:
    """``"18.4"`` of ``"postgres (PostgreSQL) 18.4 (Debian 18.4-1)"``."""
    found = re.search(r"PostgreSQL\) (\d+(?:\.\d+)?)", answer)
    return found.group(1) if found else None


def choose(candidates: Iterable[Binaries]) -> Binaries | None:
    """The newest; of equals the first."""
    return max(
        candidates, key=lambda binaries: [int(part) for part in binaries.version.split(".")], default=None
    )
