"""Others who insert, update and delete rows of the walked table while the batches run.

Each row is written at most once, so that there are two orders for it: before the statement, or after it.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql

from checks.backfill.proof.rows import Row, Table, rows_of, writable_columns

SET = "UPDATE {table} SET {sets} FROM jsonb_populate_record(NULL::{table}, {row}) AS new WHERE {key}"
DELETE = "DELETE FROM {table} USING jsonb_populate_record(NULL::{table}, {row}) AS old WHERE {key}"
INSERT = (
    "INSERT INTO {table} ({columns}) OVERRIDING SYSTEM VALUE "
    "SELECT {columns} FROM jsonb_populate_record(NULL::{table}, {row})"
)
UPDATES = 4
"""Rows of each kind of write, half of them where the walk has been, half where it will be."""


@dataclass(frozen=True)
class Write:
    kind: str
    """``inserted``, ``updated`` or ``deleted``."""
    ways: tuple[sql.Composed, ...]
    """The first one that the table takes is done."""


def writes(session: psycopg.Connection[Any], table: Table, sets: Sequence[str]) -> list[Write]:
    """For a table with some rows; ``sets``: columns that the statement sets. From both ends of the walk in turn."""
    order = sql.SQL(", ").join(map(sql.Identifier, table.key))
    rows = _in_order(session, table, order)
    columns = [name for name in writable_columns(session, table) if name not in table.key]
    making = _Making(table, columns, [name for name in sets if name in columns])
    taken = _from_both_ends(rows)
    found: list[Write] = []
    for number, (row, other) in enumerate(zip(taken, reversed(taken), strict=True)):
        kind = (making.update, making.delete, making.insert)[number % 3]
        found += kind(row, other)
    return found


def do(session: psycopg.Connection[Any], write: Write) -> sql.Composed | None:
    """The way that the table took; None when it refused all (a foreign key, a value that is unique)."""
    for way in write.ways:
        try:
            session.execute(way)
        except psycopg.errors.Error as error:
            if session.broken:
                raise
            _refused(error)
        else:
            return way
    return None


def _refused(error: psycopg.Error) -> None:
    """A writer who is refused has written nothing: that is an order, too. What is no refusal of rows is an error of ours."""
    if (error.sqlstate or "")[:2] not in ("22", "23", "27", "40", "44", "55", "P0"):
        raise error


@dataclass(frozen=True)
class _Making:
    table: Table
    columns: Sequence[str]
    sets: Sequence[str]

    def update(self, row: Row, other: Row) -> Iterator[Write]:
        values = {**other, **{name: row[name] for name in self.table.key}}
        choices = [self.columns, self.sets, *([name] for name in self.columns)]
        yield Write("updated", tuple(self._set(names, values) for names in choices if names))

    def delete(self, row: Row, other: Row) -> Iterator[Write]:
        yield Write("deleted", (self._filled(DELETE, row, key=self._key("old")),))

    def insert(self, row: Row, other: Row) -> Iterator[Write]:
        new = _another_key(row, self.table.key[-1])
        if new is not None:
            names = sql.SQL(", ").join(map(sql.Identifier, (*self.table.key, *self.columns)))
            yield Write("inserted", (self._filled(INSERT, new, columns=names),))

    def _set(self, names: Sequence[str], values: Row) -> sql.Composed:
        sets = (sql.SQL("{0} = new.{0}").format(sql.Identifier(name)) for name in names)
        return self._filled(SET, values, sets=sql.SQL(", ").join(sets), key=self._key("new"))

    def _filled(self, text: str, row: Row, **more: sql.Composable) -> sql.Composed:
        return sql.SQL(text).format(table=self.table.identifier, row=sql.Literal(json.dumps(row)), **more)

    def _key(self, name: str) -> sql.Composable:
        table = self.table.identifier
        same = (
            sql.SQL("{0}.{1} = {2}.{1}").format(table, sql.Identifier(one), sql.Identifier(name))
            for one in self.table.key
        )
        return sql.SQL(" AND ").join(same)


def _in_order(session: psycopg.Connection[Any], table: Table, order: sql.Composable) -> list[dict[str, Any]]:
    keys = sql.SQL("SELECT to_jsonb(row)::text FROM {} AS row ORDER BY {}").format(table.identifier, order)
    return [json.loads(text) for (text,) in session.execute(keys).fetchall()]


def _from_both_ends(rows: Sequence[Row]) -> list[Row]:
    """At most a third of the rows: the first, the last, the second, …; nothing of very few."""
    most = min(3 * UPDATES, len(rows) // 3)
    return [rows[number // 2] if number % 2 == 0 else rows[-1 - number // 2] for number in range(most)]


def _another_key(row: Row, column: str) -> Row | None:
    """A copy of the row under a key that is hardly taken; None for a type that nobody can count in."""
    value = row[column]
    if isinstance(value, int) and not isinstance(value, bool):
        return {**row, column: value + 1_000_003 if value % 2 else -value - 7}
    if not isinstance(value, str):
        return None
    try:
        return {**row, column: str(uuid.uuid5(uuid.NAMESPACE_OID, str(uuid.UUID(value))))}
    except ValueError:
        return {**row, column: f"{value}x"}


__all__ = ["Write", "do", "rows_of", "writes"]
