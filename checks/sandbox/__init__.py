"""Throw-away PostgreSQL: ``open_server`` is the one door."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from types import FrameType
from typing import NoReturn

from checks.errors import SandboxUnavailable
from checks.progress import Progress, silent
from checks.sandbox import bundled, installed, local
from checks.sandbox.binaries import Binaries, choose
from checks.sandbox.places import cache_directory, docker_is_near
from checks.sandbox.server import Database, Role, Server, Snapshots
from checks.sandbox.watchdog import whole_run
from checks.settings import Settings

__all__ = ["Database", "Role", "Server", "Snapshots", "cache_directory", "open_server"]

Opening = contextlib.AbstractContextManager[Server]
Provider = Callable[[Settings, Snapshots | None, Progress], Opening]

NEWEST = 18
NOT_OURS = (
    "PGTZ", "PGDATESTYLE", "PGGEQO", "PGSERVICE", "PGTARGETSESSIONATTRS", "PGREQUIREAUTH", "PGSSLNEGOTIATION",
)  # fmt: skip
"""The environment's words about the user's own servers, which libpq would put beside ours (libpq docs, 32.15)."""


@contextlib.contextmanager
def open_server(
    settings: Settings, *, snapshot: Snapshots | None = None, progress: Progress = silent
) -> Iterator[Server]:
    """A fresh server, or one that goes on from what ``snapshot`` names; when the block ends, nothing of it is left.

    Raises SandboxUnavailable when no provider can, with every provider's reason; SandboxLost when the
    snapshot cannot be used.
    """
    with _ending_in_order(), _own_environment(), contextlib.ExitStack() as stack:
        server = _first_that_opens(settings, snapshot, progress, stack)
        with whole_run(server, settings.limits.total_seconds):
            yield server


@contextlib.contextmanager
def _ending_in_order() -> Iterator[None]:
    """SIGTERM leaves the blocks as Ctrl-C does, unless the program has its own way with it."""
    main = threading.current_thread() is threading.main_thread()
    if not main or signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL:
        yield
        return
    signal.signal(signal.SIGTERM, _exit)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)


@contextlib.contextmanager
def _own_environment() -> Iterator[None]:
    taken = {name: os.environ.pop(name) for name in NOT_OURS if name in os.environ}
    try:
        yield
    finally:
        os.environ.update(taken)


def _exit(number: int, frame: FrameType | None) -> NoReturn:
    sys.exit(128 + number)


def _first_that_opens(
    settings: Settings, snapshot: Snapshots | None, progress: Progress, stack: contextlib.ExitStack
) -> Server:
    reasons = []
    for name, provider in _providers(settings).items():
        try:
            server = stack.enter_context(provider(settings, snapshot, progress))
        except SandboxUnavailable as error:
            reasons.append(f"{name}: {error.message}")
            continue
        passed_over = tuple(f"Not used: {reason}." for reason in reasons)
        server.info = server.info.model_copy(update={"notes": server.info.notes + passed_over})
        return server
    raise SandboxUnavailable(
        f"no {_wanted(settings)} can be started here ({'; '.join(reasons)})",
        hint=f"run: migration sandbox install {settings.postgres or NEWEST}",
    )


def _providers(settings: Settings) -> dict[str, Provider]:
    """Which are tried, in this order. Of the programs on this machine the newest fitting ones are one choice."""
    known: dict[str, Provider] = {
        "docker": _docker,
        "installed": _installed,
        "bundled": _bundled,
        "server": _external,
    }
    if settings.provider != "auto":
        return {settings.provider: known[settings.provider]}
    if settings.server_url:
        return {"server": _external}
    return {"docker": _docker, "installed or bundled": _on_this_machine}


def _docker(settings: Settings, snapshot: Snapshots | None, progress: Progress) -> Opening:
    if not docker_is_near():
        raise SandboxUnavailable("there is no Docker daemon")
    try:
        from checks.sandbox import docker  # late: the Docker client takes 0.3 s to import
    except ModuleNotFoundError as error:
        raise SandboxUnavailable(
            "testcontainers is missing (pip install 'migration-specialist[docker]')"
        ) from error
    return docker.start(settings, snapshot, progress)


def _installed(settings: Settings, snapshot: Snapshots | None, progress: Progress) -> Opening:
    return _start([*installed.find(settings.postgres)], settings, snapshot, progress)


def _bundled(settings: Settings, snapshot: Snapshots | None, progress: Progress) -> Opening:
    return _start([*bundled.find(settings.postgres)], settings, snapshot, progress)


def _on_this_machine(settings: Settings, snapshot: Snapshots | None, progress: Progress) -> Opening:
    wanted = settings.postgres
    return _start([*installed.find(wanted), *bundled.find(wanted)], settings, snapshot, progress)


@contextlib.contextmanager
def _start(
    candidates: list[Binaries], settings: Settings, snapshot: Snapshots | None, progress: Progress
) -> Iterator[Server]:
    binaries = choose(candidates)
    if binaries is None:
        version = f"PostgreSQL {settings.postgres}" if settings.postgres else "PostgreSQL"
        raise SandboxUnavailable(f"{version} is not there")
    with local.start(binaries, settings, snapshot, progress) as server:
        yield server


def _external(settings: Settings, snapshot: Snapshots | None, progress: Progress) -> Opening:
    from checks.sandbox import external

    return external.start(settings, snapshot, progress)


def _wanted(settings: Settings) -> str:
    version = f"PostgreSQL {settings.postgres}" if settings.postgres else "PostgreSQL"
    return (
        f"{version} with isolation by {settings.require_isolation}"
        if settings.require_isolation != "none"
        else version
    )
