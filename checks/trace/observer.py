"""The connection that watches: a role without power, with ``search_path`` fixed to ``pg_catalog``.

A script can set what it likes in its own session, put functions into schemas of its own, and make them the
default of the database: nothing of that reaches this connection. It sees what is committed, so while a
statement's transaction is open it tells how things were before, and after the commit how they are now.
"""

from __future__ import annotations

import select
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

import psycopg
from psycopg import pq

from checks.errors import SandboxLost
from checks.model.observations import LockMode
from checks.sandbox.server import Database, Role

Row = tuple[str | None, ...]
Kind = Literal["table", "index", "sequence", "view", "materialized view", "other"]

_KINDS: dict[str, Kind] = {
    "r": "table",
    "p": "table",
    "i": "index",
    "I": "index",
    "S": "sequence",
    "v": "view",
    "m": "materialized view",
}
_MODES = {f"{mode.name.title().replace('_', '')}Lock": mode for mode in LockMode}
STRENGTH = {mode: mode.strength for mode in LockMode}
_OPTIONS = {
    # A script can lock system catalogs (REINDEX TABLE pg_class): then there is an answer that says so, no hang.
    "lock_timeout": "2s",
    "statement_timeout": "10s",
    # Plans are made once, maybe while the database is empty, and must still do when it has thousands of relations.
    "plan_cache_mode": "force_generic_plan",
    "enable_seqscan": "off",
    "enable_hashjoin": "off",
    "enable_mergejoin": "off",
}
_TOO_LATE = (b"55P03", b"57014")
"""lock_not_available, query_canceled"""


class UnobservedError(Exception):
    """The server would not answer the observer in time."""


@dataclass(frozen=True)
class Relation:
    """A relation as it is committed."""

    oid: int
    name: str
    """``schema.name``"""
    kind: Kind
    storage: int | None
    """Its relfilenode; another number is another file. None for what has no storage."""
    table: int | None
    """The table of an index."""


@dataclass(frozen=True)
class Held:
    """The strongest lock that a session holds or waits for on one relation."""

    oid: int
    mode: LockMode
    relation: Relation | None
    """None when it is not committed: the session itself is making it."""


class _Answer:
    """The rows of a query, once the server has sent them."""

    def __init__(self) -> None:
        self.result: pq.abc.PGresult | None = None
        self.problem: UnobservedError | None = None

    def rows(self, settle: Callable[[], None]) -> list[Row]:
        if self.result is None:
            settle()
        if self.problem is not None:
            raise self.problem
        assert self.result is not None
        value, columns = self.result.get_value, range(self.result.nfields)
        return [
            tuple([_text(value(row, column)) for column in columns]) for row in range(self.result.ntuples)
        ]


class Observer:
    """Reads locks and catalogs of one database. Its queries are kept prepared: they run after every statement."""

    def __init__(self, database: Database) -> None:
        self._server = database.server
        self._connection = database.connect(Role.OBSERVER, options=_OPTIONS)
        self._prepared: set[str] = set()
        self._awaited: _Answer | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()

    def locks(self, pid: int) -> dict[int, Held]:
        """The locks of a session on relations of users, by oid."""
        strongest: dict[int, Held] = {}
        for row in self._ask("locks", str(pid)):
            oid, mode = int(row[0] or 0), _MODES.get(row[1] or "")
            held = strongest.get(oid)
            if mode is not None and (held is None or STRENGTH[held.mode] < STRENGTH[mode]):
                strongest[oid] = Held(oid, mode, _relation(row) if row[3] is not None else None)
        return strongest

    def relations(self, oids: Iterable[int]) -> dict[int, Relation]:
        """Those of the relations that exist now."""
        found = map(_relation, self._ask("relations", _array(oids)))
        return {relation.oid: relation for relation in found}

    def relations_later(self, oids: Iterable[int]) -> Callable[[], dict[int, Relation]]:
        """The same, asked for now and handed out when called; until the next question it need not be waited for."""
        answer = self._send("relations", _array(oids))

        def relations() -> dict[int, Relation]:
            found = map(_relation, answer.rows(self._settle))
            return {relation.oid: relation for relation in found}

        return relations

    def all_relations(self) -> dict[int, Relation]:
        found = map(_relation, self._ask("all_relations"))
        return {relation.oid: relation for relation in found}

    def validated(self, tables: Iterable[int]) -> dict[int, str]:
        """The constraints that hold for all rows of these tables: ``schema.table.name`` by oid."""
        return {int(oid or 0): name or "" for oid, name in self._ask("validated", _array(tables))}

    def is_waiting(self, pid: int) -> bool:
        return self._ask("waiting", str(pid))[0][0] == "t"

    def tables(self, pid: int) -> list[str]:
        """Quoted names of the tables that belong to a session's role."""
        return [name or "" for (name,) in self._ask("tables", str(pid))]

    def counts_scans(self) -> bool:
        """Off where the server has no way to gather statistics; only a superuser can switch it off."""
        return self._ask("track_counts")[0][0] == "on"

    def function_bodies(self, names: Iterable[str]) -> list[tuple[str, str]]:
        """Source and language of the functions with these names, whatever their schema."""
        return [(body or "", language or "") for body, language in self._ask("functions", _array(names))]

    def _ask(self, name: str, *parameters: str) -> list[Row]:
        """The answer of the query in ``<name>.sql``. Raises UnobservedError and SandboxLost."""
        return self._send(name, *parameters).rows(self._settle)

    def _send(self, name: str, *parameters: str) -> _Answer:
        self._settle()
        pgconn = self._connection.pgconn
        if name not in self._prepared:
            self._check(pgconn.prepare(name.encode(), Path(__file__).with_name(f"{name}.sql").read_bytes()))
            self._prepared.add(name)
        pgconn.send_query_prepared(name.encode(), [parameter.encode() for parameter in parameters])
        self._awaited = _Answer()
        return self._awaited

    def _settle(self) -> None:
        """Wait for the answer that is on its way, if there is one."""
        answer, self._awaited = self._awaited, None
        if answer is None:
            return
        pgconn = self._connection.pgconn
        try:
            while pgconn.is_busy():
                pgconn.flush()
                select.select([pgconn.socket], [], [])
                pgconn.consume_input()
            answer.result = pgconn.get_result()
            self._check(answer.result)
            pgconn.get_result()
        except UnobservedError as problem:
            answer.problem = problem
            pgconn.get_result()
        except psycopg.OperationalError as error:
            raise self._lost() from error

    def _lost(self) -> SandboxLost:
        return SandboxLost(f"PostgreSQL is gone: {self._server.why_lost()}")

    def _check(self, result: pq.abc.PGresult | None) -> None:
        if result is None or self._connection.broken:
            raise self._lost()
        if result.status in (pq.ExecStatus.TUPLES_OK, pq.ExecStatus.COMMAND_OK):
            return
        if result.error_field(pq.DiagnosticField.SQLSTATE) in _TOO_LATE:
            raise UnobservedError(
                "the server did not answer the observer in time: system catalogs are locked"
            )
        reason = " ".join(result.error_message.decode(errors="replace").split())
        raise UnobservedError(f"the server could not answer the observer: {reason}")


def relation_names(database: Database) -> dict[int, str]:
    """The name of every relation of the database by its oid, which survives renaming and cloning."""
    with Observer(database) as observer:
        return {oid: relation.name for oid, relation in observer.all_relations().items()}


def _relation(row: Row) -> Relation:
    oid, _, schema, name, kind, storage, table = row
    return Relation(
        oid=int(oid or 0),
        name=f"{schema}.{name}",
        kind=_KINDS.get(kind or "", "other"),
        storage=int(storage) if storage else None,
        table=int(table) if table else None,
    )


def _text(value: bytes | None) -> str | None:
    return value.decode() if value is not None else None


def _array(values: Iterable[int | str]) -> str:
    """An array literal (PostgreSQL docs, 8.15.2)."""
    quoted = (str(value).replace("\\", "\\\\").replace('"', '\\"') for value in values)
    return "{" + ",".join(f'"{value}"' for value in quoted) + "}"
