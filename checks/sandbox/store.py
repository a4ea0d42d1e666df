"""Saved clusters in a directory, found again by what they were built from.

A key names a state by the hash chain of everything that led to it, so the longest chain that has a file is the best place
to start from. Least recently used files go first when a size limit is reached.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from checks.sandbox.places import cache_directory
from checks.sandbox.server import Server

BLOCK = 512
LEFTOVER_SECONDS = 3600
"""A draft this old was left by a process that was killed."""


class Store:
    """Safe with several processes: files appear by renaming, and one that is gone in the meantime is not there."""

    def __init__(self, directory: Path, limit_bytes: int) -> None:
        self.directory = directory
        self.limit_bytes = limit_bytes
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)

    def path_for(self, key: str) -> Path:
        """Where the state of ``key`` is or would be. A key is letters, digits, ``.``, ``_`` and ``-``."""
        if not re.fullmatch(r"[\w.-]+", key, re.ASCII):
            raise ValueError(f"not a key: {key!r}")
        return self.directory / f"{key}.tar"

    def find(self, keys: Sequence[str]) -> tuple[int, Path] | None:
        """The last of ``keys`` that is stored: its index and file. A file that is no whole archive is removed."""
        for index in range(len(keys) - 1, -1, -1):
            path = self.path_for(keys[index])
            if not path.exists():
                continue
            if _is_whole(path):
                return index, path
            path.unlink(missing_ok=True)
        return None

    def touch(self, key: str) -> None:
        """It was used now."""
        try:
            os.utime(self.path_for(key))
        except FileNotFoundError:
            return  # another process has made room

    def put(self, key: str, server: Server) -> bool:
        """Save the server's whole cluster, then make room. Ends the server's sessions. False: it cannot be saved."""
        return self.keep(key, server.save)

    def keep(self, key: str, write: Callable[[Path], bool]) -> bool:
        """The same with a function that writes the file, in one go."""
        written = write(self.path_for(key))
        self._make_room(self.path_for(key))
        return written

    def _make_room(self, newest: Path) -> None:
        """Least recently used first; the newest goes last, when it is too large all by itself."""
        files = {path: status for path in self.directory.iterdir() if (status := _status(path))}
        for path, status in files.items():
            if path.suffix != ".tar" and status.st_mtime < time.time() - LEFTOVER_SECONDS:
                path.unlink(missing_ok=True)
        stored = [path for path in files if path.suffix == ".tar"]
        total = sum(files[path].st_size for path in stored)
        for path in sorted(stored, key=lambda path: (path == newest, files[path].st_mtime)):
            if total <= self.limit_bytes:
                return
            path.unlink(missing_ok=True)
            total -= files[path].st_size


def saved_clusters() -> list[Path]:
    """All that this user's runs have saved, in whichever store."""
    return [path for path in cache_directory().glob("*/*") if path.suffix == ".tar"]


def forget_clusters() -> int:
    """Delete them, and return the bytes that this gave back. A run that reads one of them now goes on reading."""
    freed = 0
    for path in saved_clusters():
        status = _status(path)
        path.unlink(missing_ok=True)
        freed += status.st_size if status else 0
    return freed


def _status(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except FileNotFoundError:
        return None  # another process has made room


def _is_whole(path: Path) -> bool:
    """Whether the headers lead from the first entry to the empty block that ends an archive (tar(5))."""
    try:
        with path.open("rb", buffering=0) as stream:
            place = 0
            while header := os.pread(stream.fileno(), BLOCK, place):
                if header == bytes(BLOCK):
                    return place > 0
                if header[257:262] != b"ustar":
                    return False
                size = int(header[124:136].rstrip(b"\0 "), 8)
                place += BLOCK + -(-size // BLOCK) * BLOCK
    except (OSError, ValueError):
        return False
    return False
