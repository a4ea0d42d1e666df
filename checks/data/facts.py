"""What the filler must know of a schema: tables, columns, types, and everything that refuses a row.

All expressions are deparsed under ``search_path=pg_catalog``, so that every name in them is qualified.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg import sql

from checks.data.queries import queries

Connection = psycopg.Connection[tuple[object, ...]]


@dataclass(frozen=True)
class Type:
    oid: int
    schema: str
    name: str
    sql: str
    """As a cast writes it, without a modifier."""
    kind: str
    """``pg_type.typtype``: b(ase), c(omposite), d(omain), e(num), r(ange), m(ultirange)."""
    not_null: bool = False
    element: int = 0
    """The element type of an array."""
    base: int = 0
    """The type that a domain is over, with its modifier."""
    base_modifier: int = -1
    base_sql: str = ""
    labels: tuple[str, ...] = ()
    fields: tuple[tuple[str, int, int, str], ...] = ()
    """Of a composite type: name, type, modifier, type as a cast writes it."""
    checks: tuple[str, ...] = ()
    """Of a domain: expressions over ``VALUE``."""
    part: int = 0
    """What a range spans, or the range that a multirange is made of."""


@dataclass(frozen=True)
class Column:
    name: str
    type: int
    modifier: int
    sql: str
    """The type as a cast writes it."""
    not_null: bool
    generated: str
    """``s``tored, ``v``irtual, or empty."""
    identity: bool
    expression: str | None
    """Of a generated column."""


@dataclass(frozen=True)
class Counter:
    """A sequence that numbers a column."""

    column: str
    oid: int
    minimum: int
    maximum: int
    increment: int


@dataclass(frozen=True)
class Check:
    expression: str
    columns: frozenset[str] | None
    """None: not known, all columns that the text names."""
    source: str
    """The expression and the bodies of the functions that it calls: where literals are looked for."""

    def reads(self, column: str) -> bool:
        if self.columns is not None:
            return column in self.columns
        return re.search(rf"(?<!\w){re.escape(column)}(?!\w)", self.expression) is not None


@dataclass(frozen=True)
class UniqueKey:
    columns: frozenset[str]
    exclusion: bool
    immediate: bool
    plain: bool
    """No expression, no predicate."""


@dataclass(frozen=True)
class ForeignKey:
    table: int
    parent: int
    name: str
    columns: tuple[str, ...]
    parent_columns: tuple[str, ...]
    operators: tuple[str, ...]
    """``parent column OPERATOR(…) column``, one for each pair."""
    full: bool
    """MATCH FULL: all columns NULL or none."""
    validated: bool
    required: bool
    """All columns are NOT NULL."""


@dataclass
class Table:
    oid: int
    schema: str
    name: str
    partitioned: bool
    is_partition: bool
    guarded: bool
    """Row level security applies to the role that fills."""
    has_rows: bool
    partition_of: int | None
    columns: list[Column] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)
    unique_keys: list[UniqueKey] = field(default_factory=list)
    foreign_keys: list[ForeignKey] = field(default_factory=list)
    sequences: list[Counter] = field(default_factory=list)

    @property
    def key(self) -> str:
        return f"{self.schema}.{self.name}"

    @property
    def sql(self) -> str:
        return f"{quoted(self.schema)}.{quoted(self.name)}"

    @property
    def rows_sql(self) -> str:
        """Where a foreign key looks for this table's rows: not in tables that inherit from it."""
        return self.sql if self.partitioned else f"ONLY {self.sql}"


@dataclass
class Schema:
    tables: dict[int, Table]
    types: dict[int, Type] = field(default_factory=dict)

    def leaves(self, table: Table) -> list[Table]:
        """The tables that hold the rows of a table: itself, or its partitions' partitions."""
        if not table.partitioned:
            return [table]
        parts = [part for part in self.tables.values() if part.partition_of == table.oid]
        return [leaf for part in parts for leaf in self.leaves(part)]

    def root(self, table: Table) -> Table:
        while table.partition_of is not None and table.partition_of in self.tables:
            table = self.tables[table.partition_of]
        return table

    def foreign_keys(self, table: Table) -> list[ForeignKey]:
        """Its own and those declared on the partitioned tables above it."""
        found = list(table.foreign_keys)
        while table.partition_of is not None and table.partition_of in self.tables:
            table = self.tables[table.partition_of]
            found += table.foreign_keys
        return found


def quoted(identifier: str) -> str:
    return sql.Identifier(identifier).as_string(None)


def literal(value: str | int) -> str:
    return sql.Literal(value).as_string(None).strip()


def read_tables(connection: Connection) -> Schema:
    """All tables with their foreign keys; the rest is read by ``read_details`` for the tables that need it."""
    schema = Schema({})
    for oid, namespace, name, kind, is_partition, guarded, has_rows, parent in _rows(connection, "tables"):
        schema.tables[oid] = Table(oid, namespace, name, kind == "p", is_partition, guarded, has_rows, parent)
    for table, parent, name, columns, theirs, operators, full, valid, required in _rows(
        connection, "foreign_keys"
    ):
        if table in schema.tables and parent in schema.tables:
            schema.tables[table].foreign_keys.append(
                ForeignKey(
                    table,
                    parent,
                    name,
                    tuple(columns),
                    tuple(theirs),
                    tuple(operators),
                    full,
                    valid,
                    required,
                )
            )
    return schema


def read_details(connection: Connection, schema: Schema, tables: Collection[Table]) -> None:
    """Columns, constraints and types of some tables, into ``schema``."""
    oids = [table.oid for table in tables]
    for oid, *column in _rows(connection, "columns", tables=oids):
        schema.tables[oid].columns.append(Column(*column))
    for oid, *sequence in _rows(connection, "sequences", tables=oids):
        schema.tables[oid].sequences.append(Counter(*sequence))
    for oid, expression, columns, bodies in _rows(connection, "checks", tables=oids):
        reads = frozenset(columns) if columns is not None else None
        source = "\n".join(filter(None, (expression, bodies)))
        schema.tables[oid].checks.append(Check(expression, reads, source))
    for oid, columns, exclusion, immediate, plain in _rows(connection, "unique_keys", tables=oids):
        schema.tables[oid].unique_keys.append(
            UniqueKey(frozenset(columns or ()), exclusion, immediate, plain)
        )
    _read_types(connection, schema, {column.type for table in tables for column in table.columns})


def _read_types(connection: Connection, schema: Schema, oids: Collection[int]) -> None:
    for row in _rows(connection, "types", types=sorted(oids)):
        oid, namespace, name, kind, _category, not_null, element, base, modifier, base_sql, type_sql = row[
            :11
        ]
        labels, fields, checks, part = row[11:]
        schema.types[oid] = Type(
            oid, namespace, name, type_sql, kind, not_null, element, base, modifier, base_sql or "",
            labels=tuple(labels or ()),
            fields=tuple((f[0], f[1], f[2], f[3]) for f in fields or ()),
            checks=tuple(_without_check(definition) for definition in checks or () if definition.startswith("CHECK")),
            part=part,
        )  # fmt: skip


def _without_check(definition: str) -> str:
    """``CHECK (expression) NOT VALID`` → the expression in its parentheses."""
    return definition.removeprefix("CHECK ").removesuffix(" NOT ENFORCED").removesuffix(" NOT VALID")


def _rows(connection: Connection, name: str, **parameters: Sequence[int]) -> list[tuple[Any, ...]]:
    return connection.execute(queries("facts.sql")[name], parameters or None).fetchall()
