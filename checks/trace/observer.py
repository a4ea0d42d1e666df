"""The connection that watches: a role without power, with ``search_path`` fixed to ``pg_catalog``.

A script can set what it likes in its own session, put functions into schemas of its own, and make them the
default of the database: nothing of that reaches this connection. It sees what is committed, so while a
statement's transaction is open it tells how things were before, and after the commit how they are now.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

import psycopg

from checks.errors import SandboxLost
from checks.model import LockMode
from checks.sandbox.server import Database, Role

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
_LIMITS = {"lock_timeout": "2s", "statement_timeout": "10s"}
"""A script can lock system catalogs (``REINDEX TABLE pg_class``): then there is an answer that says so, no hang."""


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


class Observer:
    """Reads locks and catalogs of one database."""

    def __init__(self, database: Database) -> None:
        self._server = database.server
        self._connection = database.connect(Role.OBSERVER, options=_LIMITS)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()

    def locks(self, pid: int) -> dict[int, Held]:
        """The locks of a session on relations of users, by oid."""
        strongest: dict[int, Held] = {}
        for row in self._ask(_LOCKS, pid):
            mode = _MODES.get(row[1])
            held = strongest.get(row[0])
            if mode is not None and (held is None or held.mode.strength < mode.strength):
                strongest[row[0]] = Held(row[0], mode, _relation(row) if row[3] is not None else None)
        return strongest

    def relations(self, oids: Iterable[int]) -> dict[int, Relation]:
        """Those of the relations that exist now."""
        return {row[0]: _relation(row) for row in self._ask(_RELATIONS, list(oids))}

    def all_relations(self) -> dict[int, Relation]:
        return {row[0]: _relation(row) for row in self._ask(_ALL_RELATIONS)}

    def validated(self, tables: Iterable[int]) -> dict[int, str]:
        """The constraints that hold for all rows of these tables: ``schema.table.name`` by oid."""
        return dict(self._ask(_VALIDATED, list(tables)))

    def is_waiting(self, pid: int) -> bool:
        return bool(self._ask(_WAITING, pid)[0][0])

    def tables(self, pid: int) -> list[str]:
        """Quoted names of the tables that belong to a session's role."""
        return [name for (name,) in self._ask(_TABLES, pid)]

    def function_bodies(self, names: Iterable[str]) -> list[tuple[str, str]]:
        """Source and language of the functions with these names, whatever their schema."""
        return [(body, language) for body, language in self._ask(_FUNCTIONS, list(names))]

    def _ask(self, query: bytes, *parameters: object) -> list[Any]:
        try:
            return self._connection.execute(query, parameters or None, prepare=True).fetchall()
        except (psycopg.errors.LockNotAvailable, psycopg.errors.QueryCanceled) as error:
            raise UnobservedError(
                "the server did not answer the observer in time: system catalogs are locked"
            ) from error
        except psycopg.OperationalError as error:
            if self._connection.broken:
                raise SandboxLost(f"PostgreSQL is gone: {self._server.why_lost()}") from error
            raise UnobservedError(f"the server could not answer the observer: {error}") from error


def relation_names(database: Database) -> dict[int, str]:
    """The name of every relation of the database by its oid, which survives renaming and cloning."""
    with Observer(database) as observer:
        return {oid: relation.name for oid, relation in observer.all_relations().items()}


def _relation(row: Any) -> Relation:
    oid, _, schema, name, kind, storage, table = row
    return Relation(oid, f"{schema}.{name}", _KINDS.get(kind, "other"), storage, table)


def _query(name: str) -> bytes:
    return Path(__file__).with_name(f"{name}.sql").read_bytes()


_LOCKS = _query("locks")
_RELATIONS = _query("relations")
_ALL_RELATIONS = _query("all_relations")
_VALIDATED = _query("validated")
_WAITING = _query("waiting")
_TABLES = _query("tables")
_FUNCTIONS = _query("functions")
