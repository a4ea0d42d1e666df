"""The rows of a table, each under its key, without what no two runs of one statement agree on."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql

from checks.backfill.model import Backfill
from checks.backfill.proof.counting import SPELLING, Written
from checks.sandbox.server import Database

ROWS = "SELECT to_jsonb(row)::text FROM {} AS row"
COLUMNS = """
SELECT a.attname::text, coalesce(pg_get_expr(d.adbin, d.adrelid), '') LIKE 'nextval(%%' OR a.attidentity <> ''
FROM pg_catalog.pg_attribute a LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE a.attrelid = %s::regclass AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
"""
"""Columns that can be written, and whether they count by themselves."""

Row = Mapping[str, Any]
Found = Mapping[str, str | int]
"""Key, or whole row → the row and how often the statement wrote it, or how many there are."""


@dataclass(frozen=True)
class Table:
    """Of which rows are compared."""

    name: str
    """``schema.name``"""
    key: tuple[str, ...] = ()
    """Empty: a row is told by all its values."""
    open_values: frozenset[str] = frozenset()
    """Columns whose values are open in a row that was written: of them only is compared whether there is one."""

    @property
    def identifier(self) -> sql.Identifier:
        return sql.Identifier(*self.name.split(".", 1))

    def without(self, columns: Collection[str]) -> Table:
        return Table(self.name, self.key, self.open_values | set(columns))

    def found(self, rows: Collection[Row], written: Written) -> Found:
        if not self.key:
            return Counter(self._text(row, 1) for row in rows)
        keyed = {json.dumps([row[column] for column in self.key]): row for row in rows}
        texts = {key: self._text(row, written[key]) for key, row in keyed.items()}
        gone = {key: f"gone {count}" for key, count in written.items() if key not in keyed}
        return {**texts, **gone}

    def _text(self, row: Row, written: int) -> str:
        """A row that the statement did not write has no open values."""
        opened = self.open_values if written else frozenset()
        shown = {name: value is None if name in opened else value for name, value in row.items()}
        return f"{json.dumps(shown, sort_keys=True)} {written}"


def changed_table(backfill: Backfill) -> Table:
    return Table(backfill.changed, () if backfill.verb == "INSERT" else backfill.key)


def read(database: Database, table: Table) -> list[dict[str, Any]]:
    with database.connect(options=SPELLING) as session:
        return rows_of(session, table)


def rows_of(session: psycopg.Connection[Any], table: Table) -> list[dict[str, Any]]:
    query = sql.SQL(ROWS).format(table.identifier)
    return [json.loads(text) for (text,) in session.execute(query).fetchall()]


def differing_columns(one: Collection[Row], other: Collection[Row], key: tuple[str, ...]) -> frozenset[str]:
    """Columns in which two runs of the same statement give other values."""
    if not key:
        names = {name for row in one for name in row}
        values = [
            {name: Counter(json.dumps(row[name]) for row in rows) for name in names} for rows in (one, other)
        ]
        return frozenset(name for name in names if values[0][name] != values[1][name])
    others = {json.dumps([row[column] for column in key]): row for row in other}
    pairs = ((row, others.get(json.dumps([row[column] for column in key]), row)) for row in one)
    return frozenset(name for mine, theirs in pairs for name in mine if mine[name] != theirs.get(name))


def writable_columns(session: psycopg.Connection[Any], table: Table) -> dict[str, bool]:
    """Column → whether it counts by itself."""
    name = table.identifier.as_string(session)
    return dict(session.execute(COLUMNS, (name,)).fetchall())


def is_serial(found: Found, before: Found, after: Found, writes: int) -> bool:
    """Whether each row is as in one of the two orders.

    Rows without a key that are equal to others are counted. How many of their writers came before the statement is
    open, so their number may differ by as many as there were.
    """
    return all(
        _is_one_of(found.get(row, 0), before.get(row, 0), after.get(row, 0), writes)
        for row in found.keys() | before.keys() | after.keys()
    )


def _is_one_of(now: str | int, before: str | int, after: str | int, writes: int) -> bool:
    counts = [one for one in (before, after) if isinstance(one, int)]
    if isinstance(now, int) and len(counts) == 2 and max(counts) > 1:
        return min(counts) - writes <= now <= max(counts) + writes
    return now in (before, after)
