"""The database as everybody but the migration knows it: read from the catalogs and by reading the tables."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import psycopg
from psycopg import sql

Connection: TypeAlias = psycopg.Connection[tuple[object, ...]]
QUERY = Path(__file__).with_name("world.sql").read_text()


@dataclass(frozen=True)
class Relation:
    oid: int
    name: str
    """``schema.name``."""
    kind: str
    """``pg_class.relkind``."""
    storage: int | None
    """The number of its file; another one after a statement: it was written anew."""
    table: int | None
    """Of an index: its table."""
    rows: int
    """Of tables and materialized views, partitions included; 0 of everything else."""
    own_rows: int
    """Without those of partitions and children."""


@dataclass(frozen=True)
class World:
    relations: Mapping[int, Relation]
    columns: Mapping[int, Sequence[str]]
    functions: frozenset[str]
    values: frozenset[str]
    """Labels of enumerated types, as expressions."""
    guarantees: Mapping[int, str]
    """Constraints, unique indexes and triggers that fire: oid → the oid of the table and what is promised of it."""
    required: frozenset[str]
    """Columns that are NOT NULL, written as the CHECK constraint that would say the same."""
    public: frozenset[str]
    """What anybody may do with a relation."""

    @property
    def with_rows(self) -> Mapping[int, Relation]:
        return {oid: one for oid, one in self.relations.items() if one.rows}


def look(connection: Connection) -> World:
    row = connection.execute(QUERY).fetchone()  # type: ignore[arg-type]
    assert row is not None
    found = row[0] if isinstance(row[0], dict) else json.loads(str(row[0]))
    relations = {int(oid): _relation(connection, int(oid), one) for oid, one in found["relations"].items()}
    return World(
        relations=relations,
        columns={int(oid): names for oid, names in found["columns"].items()},
        functions=frozenset(found["functions"]),
        values=frozenset(found["values"]),
        guarantees=_enforced(found["guarantees"]),
        required=frozenset(found["required"]),
        public=frozenset(found["public"]),
    )


def _relation(connection: Connection, oid: int, found: Mapping[str, object]) -> Relation:
    name, kind = str(found["name"]), str(found["kind"])
    counted = kind in ("r", "p", "m")
    return Relation(
        oid=oid,
        name=name,
        kind=kind,
        storage=found["storage"],  # type: ignore[arg-type]
        table=found["table"],  # type: ignore[arg-type]
        rows=_count(connection, name, only=False) if counted else 0,
        own_rows=_count(connection, name, only=True) if kind in ("r", "m") else 0,
    )


def _count(connection: Connection, name: str, *, only: bool) -> int:
    query = sql.SQL("SELECT count(*) FROM {only} {table}").format(
        only=sql.SQL("ONLY" if only else ""), table=sql.Identifier(*name.split(".", 1))
    )
    row = connection.execute(query).fetchone()
    assert row is not None
    return int(str(row[0]))


def _enforced(promises: Mapping[str, str]) -> dict[int, str]:
    """A constraint that is not validated yet already holds for new rows; one that is not enforced does not."""
    return {
        int(oid): text.removesuffix(" NOT VALID")
        for oid, text in promises.items()
        if not text.endswith(" NOT ENFORCED")
    }
