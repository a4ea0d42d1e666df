"""Run a block of batches and look at it from a second session, as others see it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import psycopg

from checks.backfill.model import Backfill
from checks.backfill.proof.counting import end_at, end_no_more, uncounted
from checks.backfill.proof.failures import NotProven
from checks.model.observations import SqlError
from checks.replay.session import Reply, Session
from checks.sandbox.server import Database
from checks.settings import Settings

HELD = "it pauses in the middle of a transaction: no batch is committed by itself."
STOPPED = "it fails: {message} (SQLSTATE {sqlstate})."
ENDLESS = "it does not come to an end within the sandbox's time limit."
NOT_ENDED = "it ends before it writes `{table}` once more, so it could not be killed at that."

ACTIVITY = (
    "SELECT backend_xid IS NULL FROM pg_catalog.pg_stat_activity WHERE pid = %s AND wait_event = 'PgSleep'"
)
LOOKS = 3
"""The server reads the transaction a moment before what the session waits for, so that one look may see two times at once."""

Between = Callable[[int, psycopg.Connection[Any]], bool]
"""Called in each pause with the number of batches that are committed, and a session; True: end the run now."""


def run(block: str, database: Database, settings: Settings) -> None:
    """Up to its end. Raises NotProven."""
    with Session(database, settings) as session:
        _has_run(session.run(block))


def watch(backfill: Backfill, block: str, database: Database, settings: Settings, between: Between) -> int:
    """Run the block up to its end, or until ``between`` ends it with ``pg_terminate_backend``.

    Gives the number of batches that are committed; of a run that came to its end, 0. Raises NotProven.
    """
    with Session(database, settings) as session, uncounted(database) as beside:
        watcher = _Watcher(backfill, session.pid, database, beside, between)
        reply = session.run(block, meanwhile=watcher.look)
        if watcher.failure:
            raise NotProven(watcher.failure)
        if watcher.killed:
            return watcher.batches
        _has_run(reply)
        return 0


def kill_at(table: str, rows: int, block: str, database: Database, settings: Settings) -> None:
    """Run the block; its session is ended from inside, when it writes so many rows of the table. Raises NotProven."""
    with database.connect() as beside, Session(database, settings) as session:
        end_at(beside, table, rows)
        reply = session.run(block)
        if not reply.lost:
            _has_run(reply)
            raise NotProven(NOT_ENDED.format(table=table))
        end_no_more(beside, table)


class _Watcher:
    def __init__(
        self,
        backfill: Backfill,
        pid: int,
        database: Database,
        beside: psycopg.Connection[Any],
        between: Between,
    ) -> None:
        self.failure, self.killed, self.batches = "", False, 0
        self._backfill, self._pid, self._database = backfill, pid, database
        self._beside, self._between = beside, between

    def look(self) -> None:
        """Between two looks at the socket of the session that runs the block."""
        if self.killed:
            return
        pausing = self._pausing()
        if pausing and self._has_gone_on() and self._between(self.batches, self._beside):
            self._kill()
        elif pausing is False and all(self._pausing() is False for _ in range(LOOKS - 1)):
            self.failure = HELD
            self._kill()

    def _pausing(self) -> bool | None:
        """Whether it is without a transaction in its pause; None when it has none."""
        row = self._beside.execute(ACTIVITY, (self._pid,)).fetchone()
        return bool(row[0]) if row else None

    def _has_gone_on(self) -> bool:
        before, self.batches = self.batches, batches_done(self._beside, self._backfill)
        return self.batches != before

    def _kill(self) -> None:
        self.killed = True
        self._database.server.terminate(self._pid)


def batches_done(session: psycopg.Connection[Any], backfill: Backfill) -> int:
    try:
        row = session.execute(f"SELECT batches_done FROM {backfill.progress}".encode()).fetchone()
    except psycopg.errors.UndefinedTable:
        return 0
    return int(row[0]) if row else 0


def _has_run(reply: Reply) -> None:
    if reply.expired:
        raise NotProven(ENDLESS)
    if reply.error is not None:
        raise NotProven(failed(reply.error))


def failed(error: SqlError) -> str:
    return STOPPED.format(message=error.message, sqlstate=error.sqlstate)
