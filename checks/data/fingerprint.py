"""The rows of every table as hashes, before and after, so that lost values can be counted.

Each value is one 64-bit hash of its text; the hashes of one column stand in the order of the scan, which is the
same for all columns of a table, so that hashes at one position are of one row.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import psycopg

from checks.data.facts import Connection, quoted
from checks.data.queries import queries
from checks.errors import SandboxLost
from checks.model.rollback import DataLoss
from checks.sandbox.server import Database, Role

_OPTIONS = {
    "search_path": "pg_catalog",
    "row_security": "off",
    "TimeZone": "UTC",
    "DateStyle": "ISO",
    "IntervalStyle": "postgres",
    "bytea_output": "hex",
    "extra_float_digits": "1",
    "lc_monetary": "C",
    "max_parallel_workers_per_gather": "0",
    "jit": "off",
    "client_min_messages": "error",
    "default_transaction_read_only": "off",
    "statement_timeout": "30s",
}
"""Everything that changes a value's text. Settings at startup win over what a migration set for the database."""
NULL = 0
"""In place of a hash."""


@dataclass(frozen=True)
class TableFingerprint:
    rows: int
    columns: dict[str, bytes]
    """Column → its values' hashes, eight bytes each."""


@dataclass(frozen=True)
class DataFingerprint:
    tables: dict[str, TableFingerprint]
    """``schema.table`` → its rows; partitions are part of their root."""
    unread: tuple[tuple[str, str], ...] = ()
    """Tables that ``app`` could not read, each with the reason."""

    def without(self, columns: Collection[str]) -> DataFingerprint:
        """The same rows without some columns, ``schema.table.column``."""
        tables = {
            name: replace(
                table,
                columns={
                    column: hashes
                    for column, hashes in table.columns.items()
                    if f"{name}.{column}" not in columns
                },
            )
            for name, table in self.tables.items()
        }
        return replace(self, tables=tables)


def fingerprint(database: Database) -> DataFingerprint:
    """Read all rows of the user's tables, as ``app``. Raises SandboxLost when the server is gone."""
    tables: dict[str, TableFingerprint] = {}
    unread: list[tuple[str, str]] = []
    with database.connect(Role.APP, options=_OPTIONS) as session:
        for table in _tables(session):
            try:
                tables[table.key] = _read(session, table)
            except psycopg.Error as error:
                if session.broken:
                    raise SandboxLost(f"PostgreSQL was lost while {table.key} was read: {error}") from error
                unread.append((table.key, error.diag.message_primary or str(error)))
    return DataFingerprint(tables, tuple(unread))


def compare(
    before: DataFingerprint, after: DataFingerprint, *, filling: bool = False
) -> tuple[DataLoss, ...]:
    """What was there before and is not after, whatever was added: rows that are gone, values gone or changed.

    Tables and columns are matched by name; the order of columns and of rows does not matter. A table that could
    not be read after is not compared. With ``filling`` a row is the same one when a NULL in it has got a value.
    """
    unread = {name for name, _ in after.unread}
    losses: list[DataLoss] = []
    for name, table in before.tables.items():
        if table.rows and name not in unread:
            losses += _table_losses(name, table, after.tables.get(name), filling)
    return tuple(losses)


@dataclass(frozen=True)
class _Table:
    key: str
    sql: str
    """Without the tables that inherit from it, which are read themselves."""
    name: str
    forced: bool
    empty: bool
    columns: tuple[str, ...]


def _tables(session: Connection) -> list[_Table]:
    rows: list[tuple[Any, ...]] = session.execute(queries("fingerprint.sql")["tables"]).fetchall()
    found = []
    for schema, table, partitioned, forced, empty, columns in rows:
        name = f"{quoted(schema)}.{quoted(table)}"
        source = name if partitioned else f"ONLY {name}"
        found.append(_Table(f"{schema}.{table}", source, name, forced, empty, tuple(columns)))
    return found


def _read(session: Connection, table: _Table) -> TableFingerprint:
    if table.empty:
        return TableFingerprint(0, dict.fromkeys(table.columns, b""))
    hashes = (
        f"string_agg(int8send(coalesce(hashtextextended({quoted(column)}::text COLLATE \"C\", 0), {NULL})), ''::bytea)"
        for column in table.columns
    )
    query = f"SELECT {', '.join(['count(*)', *hashes])} FROM {table.sql}".encode()
    row = _past_own_policies(session, table, query) if table.forced else _one_row(session, query)
    return TableFingerprint(
        row[0], {name: value or b"" for name, value in zip(table.columns, row[1:], strict=True)}
    )


def _past_own_policies(session: Connection, table: _Table, query: bytes) -> tuple[Any, ...]:
    """FORCE ROW LEVEL SECURITY hides rows from the owner too; it is lifted for this transaction only."""
    with session.transaction(force_rollback=True):
        session.execute(f"ALTER TABLE {table.sql} NO FORCE ROW LEVEL SECURITY".encode())
        return _one_row(session, query)


def _one_row(session: Connection, query: bytes) -> tuple[Any, ...]:
    row = session.execute(query, binary=True).fetchone()
    assert row is not None  # an aggregate without GROUP BY
    return row


# ── comparing ───────────────────────────────────────────────────────────────────────────────────────


def _table_losses(
    name: str, before: TableFingerprint, after: TableFingerprint | None, filling: bool
) -> Iterator[DataLoss]:
    if after is None:
        yield DataLoss(relation=name, column=None, rows=before.rows)
        return
    rows_gone = max(before.rows - after.rows, 0)
    if rows_gone:
        yield DataLoss(relation=name, column=None, rows=rows_gone)
    lost = [
        DataLoss(relation=name, column=column, rows=count)
        for column, values in before.columns.items()
        if (count := _values_gone(values, after.columns.get(column))) > rows_gone
    ]
    yield from lost
    if not lost and not rows_gone and (mixed := _rows_mixed(before, after, filling)):
        only_nulls = not _rows_mixed(before, after, filling=True)
        yield DataLoss(relation=name, column=None, rows=mixed, only_nulls=only_nulls)


def _values_gone(before: bytes, after: bytes | None) -> int:
    """How many of the values are not there any more; a NULL is no value."""
    if before == after:
        return 0
    gone = Counter(_hashes(before))
    gone.subtract(_hashes(after or b""))
    return sum(count for value, count in gone.items() if count > 0 and value != NULL)


def _rows_mixed(before: TableFingerprint, after: TableFingerprint, filling: bool) -> int:
    """Rows whose values are all there, but not together; with ``filling``, as far as columns got no new values."""
    if before == after:
        return 0
    columns = sorted(
        name
        for name in before.columns.keys() & after.columns.keys()
        if not (filling and _nulls(before.columns[name]) > _nulls(after.columns[name]))
    )
    return (_whole_rows(before, columns) - _whole_rows(after, columns)).total()


def _nulls(values: bytes) -> int:
    return _hashes(values).count(NULL)


def _whole_rows(table: TableFingerprint, columns: Iterable[str]) -> Counter[tuple[int, ...]]:
    return Counter(zip(*(_hashes(table.columns[column]) for column in columns), strict=True))


def _hashes(packed: bytes) -> array[int]:
    return array("q", packed)
