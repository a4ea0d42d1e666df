"""Runs a change and notes, statement by statement, which locks are held and what is done meanwhile."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import postgast
import psycopg
from psycopg import sql
from psycopg.pq import TransactionStatus

from benchmarks.field.world import Connection, Relation, World
from checks.sandbox import Database, Role

OPTIONS = {
    "max_parallel_maintenance_workers": "0",
    "max_parallel_workers_per_gather": "0",
    "jit": "off",
}
"""So that the session itself does all work: what it has read is counted in it."""
STRENGTH = {
    mode: place
    for place, mode in enumerate(
        (
            "AccessShareLock",
            "RowShareLock",
            "RowExclusiveLock",
            "ShareUpdateExclusiveLock",
            "ShareLock",
            "ShareRowExclusiveLock",
            "ExclusiveLock",
            "AccessExclusiveLock",
        )
    )
}
BLOCKS_WRITES, BLOCKS_READS = STRENGTH["ShareLock"], STRENGTH["AccessExclusiveLock"]
_BARE = re.compile(r"(BEGIN|START\s+TRANSACTION|SET|LOCK)\b", re.IGNORECASE)
"""What is not put into a transaction of its own to be watched."""
_END = re.compile(r"(COMMIT|END|ROLLBACK)\b(?!\s+(WORK\s+)?TO\b)", re.IGNORECASE)
NOT_HERE = (psycopg.errors.ActiveSqlTransaction, psycopg.errors.InvalidTransactionTermination)
"""What a statement raises that has to have its transactions for itself."""
PATIENCE = 3.0
"""Seconds in which a statement comes to its first lock."""
HELD = """
    SELECT relation::bigint, mode FROM pg_locks
    WHERE locktype = 'relation' AND pid = %s AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""
DONE = """
    SELECT c.oid::bigint, pg_relation_filenode(c.oid)::bigint, i.indrelid::bigint, pg_stat_get_xact_tuples_returned(c.oid),
        pg_stat_get_xact_tuples_updated(c.oid) + pg_stat_get_xact_tuples_deleted(c.oid)
    FROM pg_class c LEFT JOIN pg_index i ON i.indexrelid = c.oid WHERE c.relkind IN ('r', 'm', 'i')
"""


@dataclass
class Work:
    """What was seen, by the names that the relations had before."""

    locks: dict[str, str] = field(default_factory=dict)
    """The strongest on each relation with rows."""
    rewritten: set[str] = field(default_factory=set)
    read: set[str] = field(default_factory=set)
    built_on: set[str] = field(default_factory=set)
    """Each of these three while a lock was held that lets others not write, or not read."""
    changed: set[str] = field(default_factory=set)
    """Tables of which one statement changed at least half of the rows: each is locked until commit."""
    error: str | None = None
    """``SQLSTATE message`` of the statement that stopped it."""


@dataclass(frozen=True)
class Counts:
    storage: dict[int, int | None]
    table: dict[int, int | None]
    returned: dict[int, int]
    changed: dict[int, int]


class Runner:
    """One run of a change on a database; ``world`` is what was there before it."""

    def __init__(self, database: Database, world: World) -> None:
        self.database = database
        self.world = world
        self.work = Work()

    def run(self, text: str) -> Work:
        with self.database.connect(Role.APP, options=OPTIONS) as connection:
            try:
                for statement in postgast.split(text, method="scanner"):
                    self._statement(connection, statement.strip())
            except psycopg.Error as error:
                self.work.error = f"{error.sqlstate} {str(error).splitlines()[0]}"
        return self.work

    def _statement(self, connection: Connection, statement: str) -> None:
        own = connection.info.transaction_status == TransactionStatus.IDLE
        if (own and _BARE.match(statement)) or _END.match(statement):
            connection.execute(statement)  # type: ignore[arg-type]
        elif own:
            try:
                with connection.transaction():
                    self._watched(connection, statement)
            except NOT_HERE:
                self._alone(connection, statement)
        else:
            self._watched(connection, statement)

    def _watched(self, connection: Connection, statement: str) -> None:
        """Locks are kept until the end of the transaction, so that they can be read behind the statement."""
        before = _counts(connection)
        connection.execute(statement)  # type: ignore[arg-type]
        after = _counts(connection)
        held = connection.execute(HELD, (connection.info.backend_pid,)).fetchall()
        modes = self._note_locks([(int(str(oid)), str(mode)) for oid, mode in held])
        self._note_work(before, after, blocking=self._is_blocking(modes))

    def _alone(self, connection: Connection, statement: str) -> None:
        """It cannot run in a transaction, so a writer keeps it waiting for its lock, which can be read meanwhile."""
        with self.database.connect(Role.ADMIN) as watcher:
            before = _counts(watcher)
            ended = threading.Event()
            failure: list[psycopg.Error] = []
            with self._writer() as writer:
                thread = threading.Thread(target=_execute, args=(connection, statement, ended, failure))
                thread.start()
                modes = self._note_locks(_first_locks(watcher, connection.info.backend_pid, ended))
                writer.rollback()
                thread.join()
            if failure:
                raise failure[0]
            self._note_work(before, _counts(watcher), blocking=self._is_blocking(modes))

    @contextmanager
    def _writer(self) -> Iterator[Connection]:
        with self.database.connect(Role.ADMIN) as writer:
            writer.autocommit = False
            for one in self.world.with_rows.values():
                if one.kind != "m":
                    query = sql.SQL("LOCK TABLE {} IN ROW EXCLUSIVE MODE")
                    writer.execute(query.format(sql.Identifier(*one.name.split(".", 1))))
            yield writer

    def _note_locks(self, locks: list[tuple[int, str]]) -> dict[int, int]:
        """Oid of a relation with rows → the strength of its strongest lock."""
        modes: dict[int, int] = {}
        for oid, mode in locks:
            relation = self.world.with_rows.get(oid)
            if relation is not None:
                modes[oid] = max(modes.get(oid, 0), STRENGTH[mode])
                known = self.work.locks.get(relation.name)
                if known is None or STRENGTH[known] < STRENGTH[mode]:
                    self.work.locks[relation.name] = mode
        return modes

    def _is_blocking(self, modes: dict[int, int]) -> bool:
        """Nobody writes to a materialized view, so there only a lock that stops readers counts."""
        relations = self.world.with_rows
        return any(
            mode >= (BLOCKS_READS if relations[oid].kind == "m" else BLOCKS_WRITES)
            for oid, mode in modes.items()
        )

    def _note_work(self, before: Counts, after: Counts, *, blocking: bool) -> None:
        for oid, relation in self.world.with_rows.items():
            if blocking and _is_new_storage(oid, before, after):
                self.work.rewritten.add(relation.name)
            if blocking and _grown(oid, before.returned, after.returned) >= max(relation.own_rows, 1):
                self.work.read.add(relation.name)
            if _grown(oid, before.changed, after.changed) * 2 >= relation.own_rows > 0:
                self.work.changed.add(relation.name)
        for oid, table in after.table.items():
            owner = self.world.with_rows.get(table or 0)
            if blocking and owner is not None and _is_built(oid, owner, before, after):
                self.work.built_on.add(owner.name)


def _is_new_storage(oid: int, before: Counts, after: Counts) -> bool:
    return oid in after.storage and before.storage.get(oid) != after.storage[oid]


def _is_built(oid: int, owner: Relation, before: Counts, after: Counts) -> bool:
    """A file of an index that no index had before; a partitioned index has none."""
    storage = after.storage.get(oid)
    return storage is not None and owner.own_rows > 0 and storage not in before.storage.values()


def _grown(oid: int, before: dict[int, int], after: dict[int, int]) -> int:
    return after.get(oid, 0) - before.get(oid, 0)


def _counts(connection: Connection) -> Counts:
    rows = connection.execute(DONE).fetchall()  # type: ignore[arg-type]
    found = [tuple(None if value is None else int(str(value)) for value in row) for row in rows]
    return Counts(
        storage={row[0] or 0: row[1] for row in found},
        table={row[0] or 0: row[2] for row in found},
        returned={row[0] or 0: row[3] or 0 for row in found},
        changed={row[0] or 0: row[4] or 0 for row in found},
    )


def _execute(
    connection: Connection, statement: str, ended: threading.Event, failure: list[psycopg.Error]
) -> None:
    try:
        connection.execute(statement)  # type: ignore[arg-type]
    except psycopg.Error as error:
        failure.append(error)
    finally:
        ended.set()


def _first_locks(watcher: Connection, pid: int, ended: threading.Event) -> list[tuple[int, str]]:
    """Held and waited for, once the statement waits for the writer, has ended, or its time is up."""
    seen: set[tuple[int, str]] = set()
    start = time.monotonic()
    while time.monotonic() - start < PATIENCE:
        over = ended.is_set()
        seen |= {(int(str(oid)), str(mode)) for oid, mode in watcher.execute(HELD, (pid,))}
        row = watcher.execute(
            "SELECT wait_event_type FROM pg_stat_activity WHERE pid = %s", (pid,)
        ).fetchone()
        if over or (row is not None and row[0] == "Lock"):
            seen |= {(int(str(oid)), str(mode)) for oid, mode in watcher.execute(HELD, (pid,))}
            break
        time.sleep(0.005)
    return sorted(seen)
