"""A column that numbers rows: each has a number of its own, and new ones get others. The order was never asked for."""

from __future__ import annotations

from psycopg import sql

from checks.advice import words
from checks.advice.running import Disproved
from checks.data.facts import Connection
from checks.rules.wording import short
from checks.sandbox.server import Database

_COUNTED = "SELECT count(*), count(DISTINCT {column}), coalesce(max({column}), 0) FROM {table}"
_NEXT = "SELECT nextval(pg_get_serial_sequence({}, {}))"


def number_the_rows(column: str, database: Database) -> str:
    """``column``: ``schema.table.column``. What was seen. Raises Disproved."""
    schema, table, name = column.split(".", 2)
    where, named = sql.Identifier(schema, table), sql.Identifier(name)
    with database.connect() as session:
        query = sql.SQL(_COUNTED).format(column=named, table=where)
        rows, numbered, last = _numbers(session, query)
        arguments = sql.Literal(where.as_string(session)), sql.Literal(name)
        (following,) = _numbers(session, sql.SQL(_NEXT).format(*arguments))
    if rows != numbered:
        raise Disproved(words.NOT_NUMBERED.format(column=short(column), rows=rows, numbered=numbered))
    if following <= last:
        raise Disproved(words.NUMBER_AGAIN.format(column=short(column), next=following, last=last))
    return words.NUMBERED.format(column=short(column), rows=rows)


def _numbers(session: Connection, query: sql.Composed) -> list[int]:
    (row,) = session.execute(query).fetchall()
    return [int(str(value)) for value in row]
