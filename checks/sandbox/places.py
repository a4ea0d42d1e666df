"""Where the sandbox keeps things: a cache that stays, and a directory per run that does not."""

from __future__ import annotations

import atexit
import contextlib
import ctypes
import fcntl
import functools
import os
import re
import secrets
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

PREFIX = "migration-sandbox-"
SHARED_MEMORY = Path("/dev/shm")
IPC_RMID = 0
FORGOTTEN_SECONDS = 3600
"""A directory without a lock is being made or removed right now, unless it is as old as this."""


@functools.cache
def cache_directory() -> Path:
    """``$XDG_CACHE_HOME/migration-specialist`` (mode 0700), or one for this process where none can be written."""
    home = os.environ.get("XDG_CACHE_HOME")
    try:
        directory = (Path(home) if home else Path.home() / ".cache") / "migration-specialist"
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        if directory.stat().st_uid == os.getuid() and os.access(directory, os.W_OK | os.X_OK):
            return directory
    except (OSError, RuntimeError):  # RuntimeError: there is no home directory
        return _private_cache()
    return _private_cache()


def _private_cache() -> Path:
    directory = Path(tempfile.mkdtemp(prefix="migration-cache-"))
    atexit.register(shutil.rmtree, directory, ignore_errors=True)
    return directory


@functools.cache
def secret() -> str:
    """The password of ``admin`` and ``observer`` in this user's cached clusters. Never leaves this machine."""
    path = cache_directory() / "secret"
    if not path.exists():
        draft = path.with_suffix(f".{os.getpid()}.{secrets.token_hex(4)}")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_hex(24))
        try:
            with contextlib.suppress(FileExistsError):  # another process was first: its secret is the one
                path.hardlink_to(draft)
        finally:
            draft.unlink()
    return path.read_text()


def docker_is_near() -> bool:
    """Whether a Docker daemon is named in the environment or has its socket in one of the usual places."""
    if os.environ.get("DOCKER_HOST"):
        return True
    places = [
        Path("/var/run/docker.sock"),
        Path(os.environ.get("XDG_RUNTIME_DIR", "/nonexistent"), "docker.sock"),
    ]
    with contextlib.suppress(RuntimeError):  # there is no home directory
        places.append(Path.home() / ".docker" / "run" / "docker.sock")
    return any(place.exists() for place in places)


class RunDirectory:
    """A private directory of one server, held by a file lock that ends with this process however it ends."""

    def __init__(self, needed_mb: int) -> None:
        sweep()
        self.path = Path(tempfile.mkdtemp(prefix=PREFIX, dir=_base(needed_mb)))
        draft = self.path / "lock.draft"
        self._lock = draft.open("w")
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        draft.rename(self.path / "lock")  # never seen without its owner

    def make(self, name: str) -> Path:
        directory = self.path / name
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        return directory

    def remove(self) -> None:
        end_processes(self.path)
        release_shared_memory(self.path)
        shutil.rmtree(self.path, ignore_errors=True)
        self._lock.close()


def sweep() -> None:
    """Remove what runs that were killed have left: their processes and their directories."""
    for directory in _abandoned():
        end_processes(directory)
        release_shared_memory(directory)
        shutil.rmtree(directory, ignore_errors=True)


def end_processes(directory: Path) -> None:
    """SIGKILL every process that works in ``directory``: a server's processes all stay in its data directory."""
    if not Path("/proc/self").exists():
        _end_postmaster(directory)
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            place = (entry / "cwd").readlink()
        except OSError:
            continue  # gone, or not ours
        if place.is_relative_to(directory):
            _signal(int(entry.name), signal.SIGKILL)


def _end_postmaster(directory: Path) -> None:
    """macOS does not say where a process works: ask the server itself for an immediate shutdown."""
    for record in directory.glob("home/*/postmaster.pid"):
        first = record.read_text(errors="replace").partition("\n")[0]
        if first.isdigit():
            _signal(int(first), signal.SIGQUIT)


def release_shared_memory(directory: Path) -> None:
    """A killed server leaves a System V segment of 56 bytes, named in line 7 of its ``postmaster.pid``."""
    for record in directory.glob("home/*/postmaster.pid"):
        lines = record.read_text(errors="replace").splitlines()
        if len(lines) > 6 and re.fullmatch(r"\s*\d+\s+\d+\s*", lines[6]):
            ctypes.CDLL(None).shmctl(int(lines[6].split()[1]), IPC_RMID, None)


def _signal(pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)


def _base(needed_mb: int) -> Path:
    """Memory where it will do; a short path, for the sockets in it (107 bytes at most, unix(7))."""
    return SHARED_MEMORY if _is_usable(SHARED_MEMORY, needed_mb) else _temporary()


def _is_usable(memory: Path, needed_mb: int) -> bool:
    """Large enough, and programs may be run from there: copies of them are put beside the data when need be."""
    if not memory.is_dir() or not os.access(memory, os.W_OK):
        return False
    system = os.statvfs(memory)
    return system.f_bavail * system.f_frsize >= needed_mb << 20 and not system.f_flag & os.ST_NOEXEC


def _temporary() -> Path:
    directory = Path(tempfile.gettempdir())
    return directory if len(str(directory)) < 50 else Path("/tmp")


def _abandoned() -> Iterator[Path]:
    for base in {SHARED_MEMORY, _temporary()}:
        for directory in base.glob(f"{PREFIX}*"):
            if _is_abandoned(directory):
                yield directory


def _is_abandoned(directory: Path) -> bool:
    try:
        if directory.is_symlink() or directory.stat().st_uid != os.getuid():
            return False
        with (directory / "lock").open("r+") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
    except FileNotFoundError:
        return _age(directory) > FORGOTTEN_SECONDS
    except OSError:
        return False  # held by a run that lives


def _age(directory: Path) -> float:
    try:
        return time.time() - directory.stat().st_mtime
    except FileNotFoundError:
        return 0
