"""Catch what a statement locks that refuses a transaction block (CONCURRENTLY, VACUUM …).

Such a statement commits several times by itself, so its locks come and go, and looking often misses them
(5 of 10 times for VACUUM). Instead another session holds locks in its way: first SHARE UPDATE EXCLUSIVE on
every table, where all of these statements stop with their first lock requested; then ROW EXCLUSIVE, like a
running write, where those that wait for other transactions stop with the locks that they keep meanwhile.
At each stop the locks are read and the way is freed.
"""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass
from typing import LiteralString

import psycopg

from checks.replay.session import Reply, Session
from checks.sandbox.server import Database, Role
from checks.trace.observer import Held, Observer, UnobservedError

_STAGES = ("ROW EXCLUSIVE", "SHARE UPDATE EXCLUSIVE")
_OPTIONS = {"search_path": "pg_catalog", "lock_timeout": "2s"}
_FIRST_LOOK, _LAST_LOOK = 0.001, 0.1
"""Seconds between two looks: soon at first, seldom when a statement takes long."""


@dataclass(frozen=True)
class Caught:
    """What a statement did behind the blocker."""

    reply: Reply
    locks: dict[int, Held]
    """The strongest lock seen per relation, by oid."""
    unproven: str | None
    """Why locks may have been missed."""


def run_behind_blocker(database: Database, session: Session, observer: Observer, query: str) -> Caught:
    """Run the query outside of a transaction block. Raises UnobservedError and SandboxLost."""
    tables = observer.tables(session.pid)
    with database.connect(Role.APP, options=_OPTIONS) as connection:
        watch = _Watch(session.pid, observer, _Blocker(connection, tables))
        reply = session.run(query, meanwhile=watch.look)
        watch.end()
    return Caught(reply, watch.locks, watch.unproven)


class _Blocker:
    """A session of the migrations' own role that holds locks on their tables."""

    def __init__(self, connection: psycopg.Connection[tuple[object, ...]], tables: list[str]) -> None:
        self._connection = connection
        self.stages = 0
        self.problem: str | None = None
        self._connection.execute("BEGIN")
        try:
            for mode in _STAGES if tables else ():
                everything = ", ONLY ".join(tables)
                connection.execute(f"SAVEPOINT stage; LOCK TABLE ONLY {everything} IN {mode} MODE".encode())
                self.stages += 1
        except psycopg.Error as error:
            self.problem = f"its tables could not be locked to stop it: {error.diag.message_primary or error}"
            self.end()

    def step_aside(self) -> None:
        """Give up the locks of the last stage; with those of the first one also the transaction, which is waited for."""
        self.stages -= 1
        self._execute("ROLLBACK TO stage; RELEASE stage" if self.stages else "ROLLBACK")

    def end(self) -> None:
        self.stages = 0
        self._execute("ROLLBACK")

    def _execute(self, command: LiteralString) -> None:
        """When the script has ended this session, its locks are gone already."""
        with suppress(psycopg.OperationalError):
            self._connection.execute(command)


class _Watch:
    """Reads the locks of the running statement, above all whenever it waits."""

    def __init__(self, pid: int, observer: Observer, blocker: _Blocker) -> None:
        self.locks: dict[int, Held] = {}
        self.unproven = blocker.problem
        self._pid = pid
        self._observer = observer
        self._blocker = blocker
        self._pause = _FIRST_LOOK
        self._next = 0.0

    def look(self) -> None:
        if time.monotonic() < self._next:
            return
        try:
            waits = self._blocker.stages > 0 and self._observer.is_waiting(self._pid)
            self._note(self._observer.locks(self._pid))
        except UnobservedError as error:
            self.unproven = str(error)
            self.end()
            return
        if waits:
            self._blocker.step_aside()
            self._pause = _FIRST_LOOK
        self._pause = min(self._pause * 1.2, _LAST_LOOK)
        self._next = time.monotonic() + self._pause

    def end(self) -> None:
        self._next = float("inf")
        self._blocker.end()

    def _note(self, locks: dict[int, Held]) -> None:
        for oid, held in locks.items():
            known = self.locks.get(oid)
            if known is None or known.mode.strength < held.mode.strength:
                self.locks[oid] = held
