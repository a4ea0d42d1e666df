"""What is known of one table before its rows are made: which columns repeat, which edges it gets, what refuses rows."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from checks.data.edges import edges
from checks.data.facts import Column, ForeignKey, Schema, Table, quoted
from checks.data.literals import Literals, literals
from checks.data.values import Slot, Values

_STRING_OR_NAME = re.compile(r"""('(?:[^']|'')*'|"(?:[^"]|"")*")""")


@dataclass(frozen=True)
class Edge:
    column: str
    value: str


@dataclass
class Plan:
    """One table's columns and conditions. ``first``: candidates are numbered from ``first + 1``."""

    schema: Schema
    values: Values
    table: Table
    first: int
    edged: bool

    @cached_property
    def columns(self) -> list[Column]:
        """The columns that take a value: not the generated ones."""
        return [column for column in self.table.columns if not column.generated]

    @cached_property
    def foreign_keys(self) -> list[ForeignKey]:
        return self.schema.foreign_keys(self.table)

    @cached_property
    def unique_columns(self) -> frozenset[str]:
        return frozenset(name for key in self.table.unique_keys for name in key.columns)

    @cached_property
    def alone_unique(self) -> frozenset[str]:
        """Columns that a unique key keeps apart without the help of another."""
        keys = [key for key in self.table.unique_keys if len(key.columns) == 1 and key.plain]
        return frozenset(name for key in keys for name in key.columns)

    @cached_property
    def numbered(self) -> frozenset[str]:
        """Columns that a sequence gives values to."""
        return frozenset(sequence.column for sequence in self.table.sequences)

    def slot(self, column: Column) -> Slot:
        key = column.name in self.unique_columns
        return Slot(self.schema.types[column.type], column.modifier, column.sql, column.name, key)

    def never_null(self, column: Column) -> bool:
        return column.not_null or self.values.never_null(self.schema.types[column.type])

    def plain(self, column: Column, number: str) -> str:
        return self.values.value(self.slot(column), number)

    def domain_checks(self, column: Column) -> list[str]:
        return self.values.domain_checks(self.schema.types[column.type])

    def is_constrained(self, column: Column) -> bool:
        return bool(self._sources(column))

    def literals(self, column: Column) -> Literals:
        """What the column's own constraints name."""
        return literals(self._sources(column))

    def _sources(self, column: Column) -> list[str]:
        element = self.schema.types[column.type].element
        of_element = self.values.domain_checks(self.schema.types[element]) if element else []
        of_table = [check.source for check in self.table.checks if check.reads(column.name)]
        return [*of_table, *self.domain_checks(column), *of_element]

    @cached_property
    def conditions(self) -> list[str]:
        """What a candidate must not fail, over the table's column names."""
        found = [check.expression for check in self.table.checks]
        for column in self.columns:
            found += [_about(check, column.name) for check in self.domain_checks(column)]
        return found

    @cached_property
    def single_row(self) -> bool:
        """Only ON CONFLICT or a trigger would keep rows apart, and a deferrable exclusion constraint allows neither."""
        return any(key.exclusion and not key.immediate for key in self.table.unique_keys)

    @cached_property
    def edges(self) -> list[Edge]:
        if not self.edged or self.single_row:
            return []
        return [Edge(column.name, value) for column in self.columns for value in self._edges(column)]

    def _edges(self, column: Column) -> list[str]:
        keys = [key for key in self.foreign_keys if column.name in key.columns]
        found: list[str] = []
        if not keys:
            found += edges(self.values, self.slot(column), numbered=column.name in self.numbered)
            if column.name in self.unique_columns - self.alone_unique:
                found.append(self.plain(column, str(self.first + 1)))
        if not self.never_null(column) and not any(key.full and len(key.columns) > 1 for key in keys):
            found.append("NULL")
        return found


def _about(domain_check: str, column: str) -> str:
    """A domain's expression with the column in place of ``VALUE``."""
    parts = _STRING_OR_NAME.split(domain_check)
    parts[::2] = [re.sub(r"\bVALUE\b", lambda _: quoted(column), part) for part in parts[::2]]
    return "".join(parts)
