"""sqlglot rewrites the author's statement; PostgreSQL's parser says whether all else stayed as it was."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

import sqlglot
from postgast import PgQueryError, deparse, pg_query_pb2
from postgast import parse as parse_all
from sqlglot import exp
from sqlglot.dialects.postgres import Postgres
from sqlglot.errors import SqlglotError
from sqlglot.parsers.postgres import PostgresParser
from sqlglot.tokenizer_core import TokenType

from checks.backfill.model import Refused
from checks.backfill.statement import RowChange
from checks.rules.wording import quoted
from checks.sql.parse import parse
from checks.sql.spelling import expression_text, statement_text

_OF_THE_UNKNOWN = (AttributeError, IndexError, KeyError, TypeError, ValueError)
"""What sqlglot raises besides its own errors where a statement has a form that it does not expect."""
LONGEST = 100_000
"""Characters of a statement that is given to sqlglot."""
WIDTH = 140
NOT_CARRIED = "sqlglot cannot rewrite it without changing what it says."


class VerbatimParser(PostgresParser):
    """Functions and intervals stay as the author wrote them: sqlglot would spell them as other databases can read them."""

    FUNCTIONS: ClassVar[dict[str, Any]] = {}
    NO_PAREN_FUNCTIONS: ClassVar[dict[Any, Any]] = {}

    def _parse_interval(self, *args: Any, **options: Any) -> Any:
        """``interval '1 Day'`` is a string that is cast; sqlglot would take it apart."""
        start = self._index
        if self._match(TokenType.INTERVAL) and self._match(TokenType.STRING):
            text = self._prev.text
            if self._curr is None or self._curr.text.upper() not in self.dialect.VALID_INTERVAL_UNITS:
                return exp.cast(exp.Literal.string(text), exp.DType.INTERVAL)
        self._retreat(start)
        return super()._parse_interval(*args, **options)


class Verbatim(Postgres):
    Parser = VerbatimParser


def change_in_batch(change: RowChange, key: tuple[str, ...], batch: str) -> str:
    """The author's statement for the rows whose key is in ``batch``. Raises Refused."""
    columns = _columns(change, key)
    row = f"({columns})" if len(key) > 1 else columns
    wanted = f"{row} IN (SELECT {_plain(key)} FROM {batch})"
    tree = tree_of(change.sql)
    with _refusing():
        _reading(tree).where(wanted, dialect=Verbatim, copy=False)
        tree.set("returning", exp.Returning(expressions=[exp.Literal.number(1)]))
        text = _text(tree)
    if not _is_carried(text, change):
        raise Refused(NOT_CARRIED)
    return text


def keys_reached(change: RowChange, key: tuple[str, ...], place: str) -> str:
    """SELECT of the keys from where ``place`` says, in their order, of the rows that the statement asks for."""
    columns, following = (
        _columns(change, key),
        ", ".join(f"next_{number}" for number in range(1, len(key) + 1)),
    )
    row = f"({columns})" if len(key) > 1 else columns
    tree = tree_of(change.sql)
    with _refusing():
        text = _keys(tree, change, columns, f"{row} >= (SELECT {following} FROM {place})")
    if change.is_of_one_table and not _has_condition(text, change):
        raise Refused(NOT_CARRIED)
    return text


def _keys(tree: exp.Expression, change: RowChange, columns: str, bound: str) -> str:
    table = (tree.expression.args["from_"] if change.verb == "INSERT" else tree).this.copy()
    query = exp.select(*columns.split(", "), dialect=Verbatim).from_(table)
    where = _reading(tree).args.get("where")
    if where is not None and change.is_of_one_table:
        query = query.where(where.this.copy())
    query = query.where(bound, dialect=Verbatim)
    return _text(query.order_by(*columns.split(", "), dialect=Verbatim))


def _columns(change: RowChange, key: tuple[str, ...]) -> str:
    return ", ".join(f"{quoted(change.called)}.{quoted(column)}" for column in key)


def _plain(key: tuple[str, ...]) -> str:
    return ", ".join(quoted(column) for column in key)


def tree_of(sql: str, dialect: type[Postgres] = Verbatim) -> exp.Expression:
    """sqlglot's reading of a stranger's statement. Raises Refused."""
    if len(sql) > LONGEST:
        raise Refused(NOT_CARRIED)
    with _refusing():
        tree = sqlglot.parse_one(sql, dialect=dialect)
    if not isinstance(tree, exp.Expression):
        raise Refused(NOT_CARRIED)
    return tree


@contextmanager
def _refusing() -> Iterator[None]:
    try:
        yield
    except (SqlglotError, RecursionError, *_OF_THE_UNKNOWN) as error:
        raise Refused(NOT_CARRIED) from error


def _reading(tree: exp.Expression) -> exp.Update | exp.Delete | exp.Select:
    """What has the WHERE."""
    reading = tree.expression if isinstance(tree, exp.Insert) else tree
    if not isinstance(reading, exp.Update | exp.Delete | exp.Select):
        raise Refused(NOT_CARRIED)
    return reading


def _text(tree: exp.Expression) -> str:
    """On one line, or laid out where that would be long; never where a line break could be one of a string's own."""
    text = tree.sql(Verbatim, comments=False)
    if len(text) <= WIDTH or "\n" in text:
        return text
    return tree.sql(Verbatim, comments=False, pretty=True, max_text_width=WIDTH)


def is_laid_out(text: str) -> bool:
    """Whether its line breaks are ours, between two words."""
    squeezed = " ".join(text.split())
    return deparsed(squeezed) == deparsed(text) != ""


def deparsed(text: str) -> str:
    """PostgreSQL's own spelling; ``""`` for what does not parse."""
    try:
        return str(deparse(parse_all(text)))
    except PgQueryError:
        return ""


def _is_carried(text: str, change: RowChange) -> bool:
    """Whether it is the author's statement when its last condition and RETURNING 1 are taken away."""
    node: Any = parse(text)
    if type(node) is not type(change.node):
        return False
    found = type(node)()
    found.CopyFrom(node)
    reading = found.select_stmt.select_stmt if change.verb == "INSERT" else found
    _drop_last_condition(reading)
    found.ClearField("returning_clause")
    return _same(found, change.node)


def _has_condition(text: str, change: RowChange) -> bool:
    node: Any = parse(text)
    if node is None:
        return False
    found = type(node)()
    found.CopyFrom(node)
    _drop_last_condition(found)
    return expression_text(found.where_clause) == expression_text(change.reading.where_clause)


def _drop_last_condition(reading: Any) -> None:
    where = reading.where_clause
    if (
        where.HasField("bool_expr")
        and where.bool_expr.boolop == pg_query_pb2.AND_EXPR
        and len(where.bool_expr.args) > 1
    ):
        del where.bool_expr.args[-1]
        if len(where.bool_expr.args) == 1:
            only = pg_query_pb2.Node()
            only.CopyFrom(where.bool_expr.args[0])
            where.CopyFrom(only)
    else:
        reading.ClearField("where_clause")


def _same(one: Any, other: Any) -> bool:
    """In the one spelling of PostgreSQL's printer."""
    field = {"UpdateStmt": "update_stmt", "DeleteStmt": "delete_stmt", "InsertStmt": "insert_stmt"}[
        type(one).__name__
    ]
    texts = [statement_text(pg_query_pb2.Node(**{field: node})) for node in (one, other)]
    return texts[0] == texts[1] != ""
