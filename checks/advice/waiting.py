"""What waits behind a migration that waits: a write goes on beside it, and another one comes behind.

As it was written, the migration stays in the queue, and every write behind it too, however short. With a lock timeout it
gives up, and they go on. Both are run, each on a clone, while another session holds the lock of a running write.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

import psycopg

from checks.advice import words
from checks.advice.running import Disproved
from checks.model.migrations import Script
from checks.plan.files import TIMEOUT
from checks.replay.execute import Outcome, execute
from checks.rules.wording import quoted, short
from checks.sandbox.server import Database, Role
from checks.state import State

TRIED = "50ms"
"""The timeout of the trial: how long it is makes no difference to what happens when it is over."""
LONGER = 0.1
"""Seconds for which the migration as it was written is seen to go on waiting."""
PATIENCE = 20.0
"""Seconds in which a session has to come to its lock, on a machine with other things to do."""
LOCK_NOT_AVAILABLE = "55P03"

_WAITING = """\
SELECT count(*) FROM pg_locks WHERE NOT granted AND relation IS NOT NULL
AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"""


def gives_up(author: Script, instead: Script, relation: str, state: State) -> str:
    """What was seen. Raises Disproved."""
    with (
        state.database.clone("waits") as waits,
        state.database.clone("gives_up") as gives,
        ThreadPoolExecutor(2) as both,
    ):
        first = both.submit(_waits, waits, author, relation, state)
        second = both.submit(_gives_up, gives, _hurried(instead), relation, state)
        first.result()
        second.result()
    return words.GIVES_UP.format(relation=short(relation), timeout=TIMEOUT, tried=TRIED)


def _waits(database: Database, script: Script, relation: str, state: State) -> None:
    with _Queue(database, script, relation, state) as queue:
        queue.until(lambda: queue.waiting >= 1)
        queue.write()
        queue.until(lambda: queue.waiting >= 2)
        time.sleep(LONGER)
        if queue.migration.done() or queue.waiting < 2:
            raise Disproved(words.WAITS_NOT)


def _gives_up(database: Database, script: Script, relation: str, state: State) -> None:
    with _Queue(database, script, relation, state) as queue:
        queue.until(lambda: queue.waiting >= 1 or queue.migration.done())
        queue.write()
        queue.until(queue.migration.done)
        queue.until(queue.written.done)
        queue.written.result()
        error = queue.migration.result().error
        if error is None or error.sqlstate != LOCK_NOT_AVAILABLE:
            raise Disproved(words.GIVES_UP_NOT)


class _Queue:
    """A write that goes on, the migration behind it, and another write behind that one."""

    def __init__(self, database: Database, script: Script, relation: str, state: State) -> None:
        self._database = database
        self._lock = f"LOCK TABLE ONLY {quoted(relation)} IN ROW EXCLUSIVE MODE".encode()
        self._script = script
        self._state = state
        self._threads = ThreadPoolExecutor(2)
        self.migration: Future[Outcome]
        self.written: Future[None]

    def __enter__(self) -> _Queue:
        self._observer = self._database.connect(Role.OBSERVER)
        self._holder = self._database.connect()
        try:
            self._holder.execute("BEGIN")
            self._holder.execute(self._lock)
        except psycopg.ProgrammingError as error:
            # Who may refer to a table by a foreign key closes it, and need not be allowed to write to it.
            self.__exit__()
            raise Disproved(words.NO_QUEUE) from error
        self.migration = self._threads.submit(execute, self._database, [self._script], self._state.settings)
        return self

    def __exit__(self, *_: object) -> None:
        """The way is free: whoever waits goes on and ends."""
        self._holder.close()
        self._threads.shutdown()
        self._observer.close()

    def write(self) -> None:
        self.written = self._threads.submit(self._write)

    def _write(self) -> None:
        with self._database.connect() as session, session.transaction():
            session.execute(self._lock)

    @property
    def waiting(self) -> int:
        """Sessions of this database that wait for a table."""
        row = self._observer.execute(_WAITING.encode()).fetchone()
        assert row is not None  # an aggregate without GROUP BY
        return int(str(row[0]))

    def until(self, holds: Callable[[], bool]) -> None:
        """Raises Disproved when it does not come to that."""
        ends = time.monotonic() + PATIENCE
        while not holds():
            if time.monotonic() > ends:
                raise Disproved(words.NO_QUEUE)
            time.sleep(0.005)


def _hurried(script: Script) -> Script:
    """The same with the timeout of the trial."""
    return Script(
        statements=tuple(
            one.model_copy(
                update={"sql": one.sql.replace(f"lock_timeout = '{TIMEOUT}'", f"lock_timeout = '{TRIED}'")}
            )
            for one in script.statements
        ),
        transaction=script.transaction,
    )
