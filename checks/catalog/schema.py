"""A complete schema, as a mapping of objects, and the questions that others ask of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple, TypeAlias, TypeVar

Key: TypeAlias = tuple[str, str]
"""Object type and identity: ``("column", "public.users.email")``."""
Scalar: TypeAlias = str | int | float | bool | None

RELATION_TYPES = ("table", "foreign table", "view", "materialized view")
EMPTY: Mapping[str, Any] = {}


class Column(NamedTuple):
    """A column of a table or view."""

    table: str
    """``schema.table``"""
    name: str
    type: str
    """With its length or precision: ``character varying(255)``."""
    not_null: bool
    default: str | None
    """The expression as PostgreSQL prints it; for a generated column, what it is generated from."""
    position: int
    """From 1, counting only columns that are there."""
    identity: str | None
    """``always``, ``by default`` or None."""
    generated: str | None
    """``stored``, ``virtual`` or None."""


class Constraint(NamedTuple):
    """A constraint of a table. The not-null constraints that PostgreSQL 18 keeps are among them."""

    table: str
    name: str
    kind: str
    """``primary key``, ``unique``, ``foreign key``, ``check``, ``exclusion`` or ``not null``."""
    definition: str
    """As ``pg_get_constraintdef`` prints it, with ``NOT VALID`` and ``DEFERRABLE``."""
    columns: tuple[str, ...]
    valid: bool
    deferrable: bool
    enforced: bool
    references: str | None
    """The table that a foreign key refers to."""
    referenced_columns: tuple[str, ...]


class Index(NamedTuple):
    """An index, of a constraint or by itself."""

    name: str
    """``schema.index``"""
    table: str
    columns: tuple[str | None, ...]
    """Its key, in order; None for an expression."""
    includes: tuple[str, ...]
    unique: bool
    primary: bool
    valid: bool
    definition: str
    """``CREATE INDEX …``"""
    method: str
    predicate: str | None
    """The WHERE of a partial index."""
    constraint: str | None
    """The primary key, unique or exclusion constraint that it belongs to."""


@dataclass(frozen=True)
class Catalog:
    """A schema. What an extension brought is left out; the extension itself is in."""

    objects: Mapping[Key, Mapping[str, Scalar]]
    """Every object with the properties in which two schemas are compared; a missing one is None."""
    facts: Mapping[Key, Mapping[str, Any]] = field(default_factory=dict, compare=False)
    """What else is known of the same objects: oids, names in parts and quoted, what belongs to what."""

    def relations(self) -> frozenset[str]:
        """Tables, partitioned and foreign tables, views and materialized views, as ``schema.name``."""
        return frozenset(name for kind, name in self.objects if kind in RELATION_TYPES)

    def tables(self) -> frozenset[str]:
        """Ordinary and partitioned tables."""
        return frozenset(name for kind, name in self.objects if kind == "table")

    def columns(self, table: str) -> tuple[Column, ...]:
        """The columns of a table or view, in order; none when there is no such relation."""
        return self._columns.get(table, ())

    def column(self, table: str, name: str) -> Column | None:
        return next((column for column in self.columns(table) if column.name == name), None)

    def attributes(self, composite: str) -> tuple[Column, ...]:
        """The attributes of a composite type, in order."""
        return self._attributes.get(composite, ())

    def constraints(self, table: str) -> tuple[Constraint, ...]:
        return self._constraints.get(table, ())

    def indexes(self, table: str) -> tuple[Index, ...]:
        """The indexes of a table or materialized view."""
        return self._indexes.get(table, ())

    def index(self, name: str) -> Index | None:
        """The index ``schema.name``."""
        key = ("index", name)
        return index_of(name, self.objects[key], self.facts[key]) if key in self.objects else None

    def foreign_keys(self) -> tuple[Constraint, ...]:
        """The foreign keys of all tables."""
        return tuple(
            constraint
            for constraints in self._constraints.values()
            for constraint in constraints
            if constraint.kind == "foreign key"
        )

    def partitions(self, table: str) -> tuple[str, ...]:
        """The partitions directly under a partitioned table."""
        return tuple(
            name
            for (kind, name), row in self.objects.items()
            if kind in RELATION_TYPES and row.get("partition_of") == table
        )

    def properties(self, kind: str, name: str) -> Mapping[str, Scalar] | None:
        """Those of an object; None when it is not there."""
        return self.objects.get((kind, name))

    def fact(self, key: Key, name: str) -> Any:
        return self.facts.get(key, EMPTY).get(name)

    @cached_property
    def _columns(self) -> Mapping[str, tuple[Column, ...]]:
        return self._in_order("column")

    @cached_property
    def _attributes(self) -> Mapping[str, tuple[Column, ...]]:
        return self._in_order("attribute")

    @cached_property
    def _constraints(self) -> Mapping[str, tuple[Constraint, ...]]:
        return by_table(
            self._constraint(key)
            for key in self.objects
            if key[0] == "constraint" and not self.fact(key, "domain")
        )

    @cached_property
    def _indexes(self) -> Mapping[str, tuple[Index, ...]]:
        return by_table(
            index_of(key[1], row, self.facts[key]) for key, row in self.objects.items() if key[0] == "index"
        )

    def _in_order(self, object_type: str) -> Mapping[str, tuple[Column, ...]]:
        found = [self._column(key) for key in self.objects if key[0] == object_type]
        return by_table(sorted(found, key=lambda column: column.position))

    def _column(self, key: Key) -> Column:
        row: Mapping[str, Any] = self.objects[key]
        fact = self.facts[key]
        return Column(
            table=f"{fact['schema']}.{fact['table']}",
            name=fact["name"],
            type=row["type"],
            not_null=row["not_null"],
            default=row["default"],
            position=row["position"],
            identity=row["identity"],
            generated=row["generated"],
        )

    def _constraint(self, key: Key) -> Constraint:
        row: Mapping[str, Any] = self.objects[key]
        fact = self.facts[key]
        return Constraint(
            table=f"{fact['schema']}.{fact['table']}",
            name=fact["name"],
            kind=row["kind"],
            definition=fact["definition"],
            columns=tuple(fact["columns"] or ()),
            valid=row["valid"],
            deferrable=row["deferrable"] != "no",
            enforced=row["enforced"],
            references=fact["references"],
            referenced_columns=tuple(fact["referenced_columns"] or ()),
        )


Part = TypeVar("Part", Column, Constraint, Index)


def index_of(name: str, row: Mapping[str, Any], fact: Mapping[str, Any]) -> Index:
    """An index from its properties and the other facts about it."""
    return Index(
        name=name,
        table=f"{fact['table_schema']}.{fact['table']}",
        columns=tuple(fact["columns"] or ()),
        includes=tuple(fact["includes"] or ()),
        unique=fact["unique"],
        primary=fact["primary"],
        valid=row["valid"],
        definition=row["definition"],
        method=fact["method"],
        predicate=fact["predicate"],
        constraint=fact["constraint"],
    )


def by_table(parts: Iterable[Part]) -> Mapping[str, tuple[Part, ...]]:
    tables: dict[str, list[Part]] = {}
    for part in parts:
        tables.setdefault(part.table, []).append(part)
    return {table: tuple(found) for table, found in tables.items()}
