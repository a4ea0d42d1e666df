"""Run a block of batches and look at it from a second session, as others see it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql

from checks.backfill.model import Backfill
from checks.backfill.proof.failures import NotProven
from checks.model.observations import SqlError
from checks.replay.session import Reply, Session
from checks.sandbox.server import Database
from checks.settings import Settings

HELD = "it pauses in the middle of a transaction: no batch is committed by itself."
STOPPED = "it fails: {message} (SQLSTATE {sqlstate})."
ENDLESS = "it does not come to an end within the sandbox's time limit."

ACTIVITY = "SELECT backend_xid IS NOT NULL FROM pg_catalog.pg_stat_activity WHERE pid = %s AND wait_event = 'PgSleep'"
VERSIONS = "SELECT tableoid::text, ctid::text, xmin::text FROM {}"

Versions = frozenset[tuple[str, str, str]]
"""Which version of which row is there: table, place and the transaction that wrote it."""


@dataclass
class Watched:
    """What a second session saw of a run."""

    batches: int = 0
    """Committed."""
    most: float = 0
    """Rows of the largest transaction."""
    killed: bool = False
    versions: Versions = frozenset()
    """At its end."""


Between = Callable[[int, psycopg.Connection[Any]], bool]
"""Called in each pause with the number of batches that are committed, and a session; True: end the run now."""


def watch(
    backfill: Backfill, block: str, database: Database, settings: Settings, between: Between
) -> Watched:
    """Run the block up to its end, or until ``between`` ends it with ``pg_terminate_backend``. Raises NotProven."""
    with Session(database, settings) as session, database.connect() as beside:
        watcher = _Watcher(backfill, session.pid, database, beside, between)
        reply = session.run(block, meanwhile=watcher.look)
        watcher.look_at_rows()
        _has_run(reply, watcher)
        return watcher.seen


class _Watcher:
    def __init__(
        self,
        backfill: Backfill,
        pid: int,
        database: Database,
        beside: psycopg.Connection[Any],
        between: Between,
    ) -> None:
        self.seen = Watched()
        self.failure = ""
        self._backfill, self._pid, self._database = backfill, pid, database
        self._beside, self._between = beside, between
        self.seen.versions = versions(beside, backfill)

    def look(self) -> None:
        """Between two looks at the socket of the session that runs the block."""
        if self.seen.killed:
            return
        pausing = self._beside.execute(ACTIVITY, (self._pid,)).fetchone()
        if pausing == (True,):
            self.failure = HELD
            self._kill()
        elif pausing and self._has_gone_on() and self._between(self.seen.batches, self._beside):
            self._kill()

    def look_at_rows(self) -> None:
        """Which rows were written since the last look, by how many transactions."""
        now, done = versions(self._beside, self._backfill), batches_done(self._beside, self._backfill)
        gone, new = self.seen.versions - now, now - self.seen.versions
        writers = [xmin for _, _, xmin in new]
        largest = max((writers.count(one) for one in set(writers)), default=0)
        passed = max(done - self.seen.batches, 1)
        self.seen.most = max(self.seen.most, largest, 0 if new else len(gone) / passed)
        self.seen.batches, self.seen.versions = done, now

    def _has_gone_on(self) -> bool:
        before = self.seen.batches
        if batches_done(self._beside, self._backfill) == before:
            return False
        self.look_at_rows()
        return self.seen.batches > before

    def _kill(self) -> None:
        self.seen.killed = True
        self._database.server.terminate(self._pid)


def batches_done(session: psycopg.Connection[Any], backfill: Backfill) -> int:
    try:
        row = session.execute(f"SELECT batches_done FROM {backfill.progress}".encode()).fetchone()
    except psycopg.errors.UndefinedTable:
        return 0
    return int(row[0]) if row else 0


def versions(session: psycopg.Connection[Any], backfill: Backfill) -> Versions:
    table = sql.Identifier(*backfill.changed.split(".", 1))
    return frozenset(session.execute(sql.SQL(VERSIONS).format(table)).fetchall())


def _has_run(reply: Reply, watcher: _Watcher) -> None:
    if watcher.failure:
        raise NotProven(watcher.failure)
    if watcher.seen.killed:
        return
    if reply.expired:
        raise NotProven(ENDLESS)
    if reply.error is not None:
        raise NotProven(failed(reply.error))


def failed(error: SqlError) -> str:
    return STOPPED.format(message=error.message, sqlstate=error.sqlstate)
