"""What stands between a server of ours and the machine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Protocol

from checks.model.report import Isolation

SHELL = ("/bin/sh", "-c")
ENVIRONMENT = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC", "PGTZ": "UTC"}


class Process(Protocol):
    """As much of ``subprocess.Popen[bytes]`` as is used here."""

    @property
    def stdin(self) -> IO[bytes] | None: ...

    @property
    def stdout(self) -> IO[bytes] | None: ...

    def poll(self) -> int | None: ...

    def wait(self, timeout: float | None = None) -> int:
        """Raises subprocess.TimeoutExpired."""
        ...

    def kill(self) -> None: ...


class Cage(Protocol):
    """Where a server's processes run, and how the world looks from in there."""

    provider: str
    """As the report names it."""
    version: str
    """``"18.4"``."""
    isolation: Isolation
    notes: tuple[str, ...]
    identity: str
    """What else but the version a data directory depends on."""
    data: str
    """The data directory, as the server sees it."""
    sockets: str
    """The directory of the server's socket, as the server sees it."""
    postgres: str
    """The program, as the shell in there finds it."""
    initdb: str
    settings: Mapping[str, str]
    """Server settings that this cage needs."""
    log: Path
    """What the processes wrote to standard error."""

    def launch(self, script: str, archive: Path | None, arguments: Sequence[str]) -> Process:
        """Run the shell script with the data directory, the archive to unpack there ("" for none) and ``arguments``."""
        ...
