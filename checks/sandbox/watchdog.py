"""Time limits that a script cannot lift: kept from outside the session.

``statement_timeout`` is the script's to change, and a loop that catches ``query_canceled`` outlives a cancel.
So: cancel at the limit, end the backend a second later, the whole server another second later.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from itertools import repeat
from typing import Any

import psycopg

from checks.errors import SandboxLost
from checks.sandbox.server import Server

GRACE = 1.0
"""Seconds between one measure and the next stronger one."""
STUBBORN = 60
"""How often a whole run is ended: of a server that is not ours only the sessions end, and new ones can begin."""
TICK = 0.1
"""Seconds between two looks. Entering and leaving a limit then needs no wake-up of another thread."""

Measure = Callable[[], None]


class Limit:
    """The time limit of one block."""

    def __init__(self, seconds: float, *measures: Measure) -> None:
        self.expired = False
        """Whether the block was still running when its time was over."""
        self._deadline = time.monotonic() + seconds
        self._measures = list(measures)
        self._helpers: list[threading.Thread] = []

    def look(self, now: float) -> None:
        """Take the next measure when it is due, in a thread of its own: one that hangs must not delay a stronger one."""
        if now < self._deadline or not self._measures:
            return
        self.expired = True
        self._deadline += GRACE
        helper = threading.Thread(target=_quietly, args=(self._measures.pop(0),), daemon=True)
        self._helpers.append(helper)
        helper.start()

    def settle(self) -> None:
        """Wait for what was begun, so that no late cancel meets the next statement."""
        for helper in self._helpers:
            helper.join(GRACE)


class Watchdog:
    """One thread for all limits of the process; it sleeps while there is none."""

    def __init__(self) -> None:
        self._limits: set[Limit] = set()
        self._lock = threading.Lock()
        self._needed = threading.Event()
        self._thread: threading.Thread | None = None

    def watch(self, limit: Limit) -> None:
        with self._lock:
            self._limits.add(limit)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="watchdog", daemon=True)
                self._thread.start()
        if not self._needed.is_set():
            self._needed.set()

    def release(self, limit: Limit) -> None:
        with self._lock:
            self._limits.discard(limit)
        limit.settle()

    def _run(self) -> None:
        while self._needed.wait():
            time.sleep(TICK)
            with self._lock:
                for limit in self._limits:
                    limit.look(time.monotonic())
                if not self._limits:
                    self._needed.clear()


_watchdog = Watchdog()


@contextlib.contextmanager
def time_limit(server: Server, connection: psycopg.Connection[Any], seconds: float) -> Iterator[Limit]:
    """Bound what ``connection`` does in the block: cancelled after ``seconds``, its backend ended a second later,
    the server killed another second later. ``expired`` of the yielded Limit says whether that was needed.

    The errors of psycopg pass through; when the server itself is gone, SandboxLost is raised instead.
    """
    pid = connection.info.backend_pid
    limit = Limit(seconds, connection.cancel, lambda: server.terminate(pid), server.kill)
    _watchdog.watch(limit)
    try:
        yield limit
    except psycopg.OperationalError as error:
        if connection.broken and _is_gone(server, error):
            raise SandboxLost(f"PostgreSQL is gone: {server.why_lost()}") from error
        raise
    finally:
        _watchdog.release(limit)


@contextlib.contextmanager
def whole_run(server: Server, seconds: float) -> Iterator[None]:
    """Bound all that is done with a server. Raises SandboxLost when it took longer, or when the server is lost."""
    limit = Limit(seconds, *repeat(server.kill, STUBBORN))
    _watchdog.watch(limit)
    try:
        with told_as_lost(server):
            yield
        if limit.expired:
            raise SandboxLost("its time was over")
    except SandboxLost as error:
        if not limit.expired:
            raise
        raise SandboxLost(
            f"it took longer than {seconds:g} s in all, and was ended",
            hint="Raise `limits: total_seconds` in the configuration, or validate fewer migrations at a time.",
            path=error.path,
        ) from error
    finally:
        _watchdog.release(limit)


@contextlib.contextmanager
def told_as_lost(server: Server, path: str | None = None) -> Iterator[None]:
    """Say as SandboxLost what a server can no longer do, with the ``path`` of what was running then."""
    try:
        yield
    except SandboxLost as error:
        end_if_asked_to(error)
        error.path = error.path or path
        raise
    except (psycopg.OperationalError, psycopg.InterfaceError) as error:
        end_if_asked_to(error)
        if _is_gone(server, error):
            raise SandboxLost(f"PostgreSQL is gone: {server.why_lost()}", path=path) from error
        raise SandboxLost(
            f"PostgreSQL refuses to go on: {' '.join(str(error).split())}", path=path
        ) from error


def end_if_asked_to(error: BaseException | None) -> None:
    """Ctrl-C and SIGTERM interrupt a query, and what cleans up behind them then finds a session in disorder."""
    while error is not None:
        if isinstance(error, KeyboardInterrupt | SystemExit):
            raise error
        error = error.__context__


def _is_gone(server: Server, error: psycopg.Error) -> bool:
    """A server that crashes closes its connections a moment before it ends."""
    if error.sqlstate == "57P01":  # admin_shutdown: only this backend was ended
        return not server.is_alive()
    deadline = time.monotonic() + GRACE
    while server.is_alive() and time.monotonic() < deadline:
        time.sleep(0.01)
    return not server.is_alive()


def _quietly(measure: Measure) -> None:
    """A measure that finds nothing left to end has nothing to say: the next one, or the caller's error, tells."""
    with contextlib.suppress(psycopg.Error, SandboxLost, OSError):
        measure()
