"""Pass A: each statement in a transaction of its own, to see exactly what it does by itself.

For each statement: ``BEGIN`` on the migrations' session, the statement, a look at its locks, ``COMMIT``, a look at
what it locked. Locks and catalogs are read by the observer's connection, not by the session under test: the script
cannot bend what another role's session sees, the observer's query can be kept prepared, and as it sees only what is
committed, one query gives locks together with names and storage as they were before. Only the counters of scans
belong to the session itself; they are read there with every name qualified and give nothing but numbers.

A transaction per statement also keeps the cost flat: ``pg_locks`` lists all locks of a transaction, so looking after
each statement of one long transaction is quadratic.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, replace
from functools import partial
from types import MappingProxyType
from typing import Any

from postgast import pg_query_pb2 as pg
from postgast import scan

from checks.model.migrations import Script, Statement, TransactionMode
from checks.model.observations import LockMode, NestedCommand, Observation, Trace
from checks.replay.execute import StoppedBy, cause_of
from checks.replay.play import at_commit, error_in
from checks.replay.session import Reply, Session
from checks.sandbox.server import Database
from checks.settings import Settings
from checks.sql.parse import command_tag, parse
from checks.trace.blocker import run_behind_blocker
from checks.trace.evidence import Evidence, Scan
from checks.trace.nested import nested_commands
from checks.trace.observation import observation_of, rows_of
from checks.trace.observer import STRENGTH, Held, Observer, Relation, UnobservedError

_REFUSES_A_TRANSACTION = frozenset({"25001", "2D000"})
"""active_sql_transaction (CONCURRENTLY, VACUUM); invalid_transaction_termination (COMMIT in a procedure or DO)."""
_BEGIN = ("BEGIN", "SET LOCAL client_min_messages = debug1")
_COUNTERS = """\
SELECT t.o, pg_catalog.pg_stat_get_xact_numscans(t.o), pg_catalog.pg_stat_get_xact_tuples_returned(t.o)%s
FROM pg_catalog.unnest('{%s}'::pg_catalog.oid[]) AS t(o)"""
_FORGET = "pg_catalog.pg_stat_force_next_flush()"
"""Makes the session hand its counts over at the commit, so that it counts the next statement from zero. Before
version 15 it does so when it likes, at most once a second; then earlier counts are read and taken off."""


def statement_by_statement(
    database: Database,
    script: Script,
    settings: Settings,
    *,
    ids: str,
    existing: Collection[str],
    observer: Observer | None = None,
) -> Trace:
    """Run the script on a clone of its own, watching each statement. Observation ids are ``<ids>/<number>``.

    ``existing`` are the relations (``schema.name``) that were there before the change. A statement that fails does
    not stop the pass: it may fail only because it is alone (see ``merge``). BEGIN, COMMIT and savepoints of the
    script are left out. ``observer`` is one of this database that has watched other scripts before; None: one of its
    own. Raises SandboxLost.
    """
    start = time.perf_counter()
    watching = nullcontext(observer) if observer else Observer(database)
    with Session(database, settings) as session, watching as watcher:
        steps = _Steps(database, session, watcher, existing, _has_transactions(script))
        for number, statement in enumerate(script.statements, start=1):
            steps.watch(statement, f"{ids}/{number}")
        steps.write_down()
    return Trace(
        observations=tuple(steps.observations),
        failed=any(observation.error for observation in steps.observations),
        stopped_by=steps.stopped_by,
        committed=steps.stopped_by is None,
        duration_ms=(time.perf_counter() - start) * 1000,
        unproven=tuple(steps.unproven),
    )


@dataclass(frozen=True)
class _Seen:
    """One statement, run and watched."""

    reply: Reply
    evidence: Evidence | None = None
    after: Callable[[], Mapping[int, Relation]] | None = None
    """What ``evidence`` still lacks: it was asked for, but not waited for."""
    validated: tuple[str, ...] = ()


class _Steps:
    """The session under test, the observer, and what is known from statement to statement."""

    def __init__(
        self,
        database: Database,
        session: Session,
        observer: Observer,
        existing: Collection[str],
        has_transactions: bool,
    ) -> None:
        self.observations: list[Observation] = []
        self.stopped_by: StoppedBy | None = None
        self.unproven: list[str] = []
        self._unwritten: Callable[[], Observation] | None = None
        """Of the last statement: the server reads the catalogs for it while the next one runs."""
        self._database = database
        self._session = session
        self._observer = observer
        self._has_transactions = has_transactions
        relations = observer.all_relations() if existing else {}
        self._live = frozenset(oid for oid, relation in relations.items() if relation.name in existing)
        if not observer.counts_scans():
            self.unproven.append("scans of tables were not observed: the server's track_counts is off")
        self._forgets = database.server.version >= 150000
        self._counted: Mapping[int, Scan] = {}
        """Scans of earlier statements that the session still counts as its own."""

    def watch(self, statement: Statement, id: str) -> None:
        """Run one statement; its Observation is written down while the next one is at its commit, or after it."""
        observation = self._watched(statement, id)
        self.write_down()
        self._unwritten = observation

    def write_down(self) -> None:
        observation, self._unwritten = self._unwritten, None
        if observation:
            self.observations.append(observation())

    def _watched(self, statement: Statement, id: str) -> Callable[[], Observation]:
        if self.stopped_by is not None:
            return partial(observation_of, statement, id, ran=False)
        if type(parse(statement.sql)).__name__ == "TransactionStmt":
            return partial(observation_of, statement, id)
        seen = self._run(statement)
        if seen.reply.error and (seen.reply.lost or seen.reply.expired):
            self.stopped_by = cause_of(seen.reply.error, seen.reply.expired)
        return partial(self._report, statement, id, seen, self._nested(statement))

    def _report(
        self, statement: Statement, id: str, seen: _Seen, nested: tuple[NestedCommand, ...]
    ) -> Observation:
        evidence, reply = seen.evidence, seen.reply
        if evidence and seen.after:
            try:
                evidence = replace(evidence, after=seen.after())
            except UnobservedError as problem:
                self._doubt(statement, str(problem))
        last = reply.completed[-1] if reply.completed else None
        return observation_of(
            statement,
            id,
            duration_ms=reply.duration_ms,
            notices=tuple(text for _, text in reply.notices),
            rows=rows_of(last.tag, last.rows) if last else None,
            error=error_in(statement, reply.error, reply.position) if reply.error else None,
            validated=seen.validated,
            nested=nested,
            **(evidence.facts() if evidence else {}),
        )

    def _run(self, statement: Statement) -> _Seen:
        first = [*_BEGIN, _counters(self._counted)] if self._counted else _BEGIN
        sql = _outlasting(statement.sql) if self._has_transactions else statement.sql
        reply = self._session.run(sql, first=first)
        self._counted = _counts(reply)
        if reply.error is None:
            return self._look(statement, reply)
        if self._session.in_transaction:
            self._session.run("ROLLBACK")
        if reply.error.sqlstate in _REFUSES_A_TRANSACTION:
            return self._behind_blocker(statement)
        return _Seen(reply)

    def _look(self, statement: Statement, reply: Reply) -> _Seen:
        """Before and after the commit of a statement that succeeded."""
        if not self._session.in_transaction:
            self._doubt(statement, "ended the transaction in which it was watched")
        held: Mapping[int, Held] = {}
        valid: Mapping[int, str] = {}
        try:
            held = self._observer.locks(self._session.pid)
            valid = self._observer.validated(held) if _verified_rows(reply) else {}
        except UnobservedError as problem:
            self._doubt(statement, str(problem))
        reply, scans = self._commit(statement, reply, held)
        changed = [oid for oid, lock in held.items() if lock.relation is None or _may_change(lock.mode)]
        return _Seen(
            reply,
            self._evidence(statement, reply, held, scans),
            self._observer.relations_later(changed) if changed else None,
            self._newly_valid(statement, held, valid) if _verified_rows(reply) else (),
        )

    def _newly_valid(
        self, statement: Statement, tables: Collection[int], before: Mapping[int, str]
    ) -> tuple[str, ...]:
        try:
            now = self._observer.validated(tables)
        except UnobservedError as problem:
            self._doubt(statement, str(problem))
            return ()
        return tuple(sorted(now[oid] for oid in now.keys() - before.keys()))

    def _commit(
        self, statement: Statement, reply: Reply, held: Mapping[int, Held]
    ) -> tuple[Reply, dict[int, Scan]]:
        """COMMIT, after the session's counts of scans of the tables that it locked."""
        relations = [lock.relation for lock in held.values() if lock.relation]
        tables = [relation.oid for relation in relations if relation.kind in ("table", "materialized view")]
        first = []
        if tables:
            first = ["SET LOCAL statement_timeout = 0", _counters(tables, forget=self._forgets)]
        elif held and self._forgets:
            first = [f"SELECT {_FORGET}"]
        commit = self._session.run("COMMIT", first=first, aside=self.write_down)
        if not commit.is_prepared:
            self._doubt(statement, f"its scans could not be read: {commit.error and commit.error.message}")
            self._session.run("COMMIT")
        elif commit.error:
            reply = replace(reply, error=at_commit(commit.error), expired=commit.expired, lost=commit.lost)
        earlier, now = self._counted, _counts(commit)
        self._counted = {} if self._forgets else {**earlier, **now}
        return reply, {oid: count.since(earlier.get(oid, Scan())) for oid, count in now.items()}

    def _behind_blocker(self, statement: Statement) -> _Seen:
        try:
            before = self._observer.all_relations()
            caught = run_behind_blocker(self._database, self._session, self._observer, statement.sql)
            if self._session.in_transaction:
                self._session.run("ROLLBACK")
            if not caught.reply.lost:
                self._forget(caught.locks)
            now = self._observer.all_relations()
        except UnobservedError as problem:
            self._doubt(statement, str(problem))
            return _Seen(self._session.run(statement.sql))
        if caught.unproven:
            self._doubt(statement, caught.unproven)
        held = {oid: replace(lock, relation=before.get(oid)) for oid, lock in caught.locks.items()}
        # Whether the locks on indexes were caught is chance; that their storage is new is not.
        same = {
            oid for oid, relation in now.items() if oid in before and before[oid].storage == relation.storage
        }
        after = {oid: relation for oid, relation in now.items() if oid in held or oid not in same}
        built = {index.table for oid, index in after.items() if index.kind == "index" and oid not in before}
        scans = {table: Scan(times=1) for table in built if table is not None}
        return _Seen(caught.reply, self._evidence(statement, caught.reply, held, scans, after))

    def _forget(self, tables: Collection[int]) -> None:
        """What a statement scanned outside of a watched transaction must not be taken for the next one's."""
        if self._forgets:
            self._session.run(f"SELECT {_FORGET}")
        elif tables:
            self._counted = _counts(self._session.run("SELECT", first=[_counters(tables)]))

    def _evidence(
        self,
        statement: Statement,
        reply: Reply,
        held: Mapping[int, Held],
        scans: Mapping[int, Scan],
        after: Mapping[int, Relation] = MappingProxyType({}),
    ) -> Evidence:
        return Evidence(command_tag(statement.sql), held, after, self._live, tuple(reply.remarks), scans)

    def _nested(self, statement: Statement) -> tuple[NestedCommand, ...]:
        try:
            return nested_commands(statement.sql, self._observer.function_bodies)
        except UnobservedError as problem:
            self._doubt(statement, str(problem))
            return ()

    def _doubt(self, statement: Statement, reason: str) -> None:
        self.unproven.append(f"line {statement.line}: {reason}")


def _has_transactions(script: Script) -> bool:
    """Whether the tool or the file opens transactions, in which SET LOCAL reaches later statements."""
    return script.transaction is not TransactionMode.AUTOCOMMIT or any(
        command_tag(statement.sql) in ("BEGIN", "START TRANSACTION") for statement in script.statements
    )


def _outlasting(sql: str) -> str:
    """SET LOCAL as SET: its transaction ends here sooner than in the tool."""
    node: Any = parse(sql)
    if type(node).__name__ != "VariableSetStmt" or not node.is_local:
        return sql
    source = sql.encode()
    local = next(token for token in scan(sql).tokens if token.token == pg.LOCAL)
    return (source[: local.start] + source[local.end :]).decode()


def _verified_rows(reply: Reply) -> bool:
    """Whether the server says that it checked a constraint against the rows of a table."""
    return any(remark.startswith(("verifying table", "validating foreign key")) for remark in reply.remarks)


def _may_change(mode: LockMode) -> bool:
    """Whether a statement that takes this lock may rename the relation or give it other storage."""
    return STRENGTH[mode] >= STRENGTH[LockMode.SHARE_UPDATE_EXCLUSIVE]


def _counts(reply: Reply) -> dict[int, Scan]:
    rows = [[int(value or 0) for value in row[:3]] for row in reply.rows if len(row) >= 3]
    return {oid: Scan(times, tuples) for oid, times, tuples in rows if times or tuples}


def _counters(oids: Collection[int], *, forget: bool = False) -> str:
    return _COUNTERS % (f", {_FORGET}" if forget else "", _list(oids))


def _list(oids: Collection[int]) -> str:
    return ",".join(map(str, oids))
