"""The tables in which migration tools write down what they have applied, and what a statement writes there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from checks.sql.parse import find, parse
from checks.wire.recorded import Recorded


@dataclass(frozen=True)
class Book:
    """One tool's table."""

    tool: str
    columns: tuple[str, ...]
    """What names a migration: the last of them is its own name, those before it where it belongs."""
    opens: bool = False
    """Whether the line is written before the migration runs, not behind it."""


BOOKS = {
    "alembic_version": Book("alembic", ("version_num",)),
    "_prisma_migrations": Book("prisma", ("migration_name",), opens=True),
    "_sqlx_migrations": Book("sqlx", ("version",)),
    "atlas_schema_revisions": Book("atlas", ("version",)),
    "databasechangelog": Book("liquibase", ("filename", "author", "id")),
    "django_migrations": Book("django", ("app", "name")),
    "doctrine_migration_versions": Book("doctrine", ("version",)),
    "flyway_schema_history": Book("flyway", ("script",)),
    "goose_db_version": Book("goose", ("version_id",)),
    "knex_migrations": Book("knex", ("name",)),
    "mikro_orm_migrations": Book("mikro-orm", ("name",)),
    "migrations": Book("typeorm", ("name",)),
    "pgmigrations": Book("node-pg-migrate", ("name",)),
    "phinxlog": Book("phinx", ("version",)),
    "schema_migrations": Book("schema_migrations", ("version",)),
    "sequelizemeta": Book("sequelize", ("name",)),
}
"""By the table's name in lower case. Rails, Ecto, dbmate and golang-migrate share ``schema_migrations``."""
BESIDE = frozenset(
    {"ar_internal_metadata", "knex_migrations_lock", "databasechangeloglock", "typeorm_metadata"}
)
"""Other tables of the tools'."""


@dataclass(frozen=True)
class Entry:
    """A line in a tool's book."""

    tool: str
    version: tuple[str, ...]
    """The values of the book's columns."""
    kind: Literal["begun", "applied", "reverted"]


def entry_of(sql: str) -> Entry | None:
    """What a statement writes down; None for every other statement."""
    node: Any = parse(sql)
    book = BOOKS.get(_target(node))
    if book is None:
        return None
    match type(node).__name__:
        case "InsertStmt":
            values = dict(zip(_columns(node), _constants(node), strict=False))
            kind: Literal["begun", "applied"] = "begun" if book.opens else "applied"
            return _entry(book, values, kind)
        case "UpdateStmt":  # Alembic keeps one line
            return _entry(
                book,
                {item.res_target.name: _constant(item.res_target.val) for item in node.target_list},
                "applied",
            )
        case "DeleteStmt":
            return _entry(book, dict(_compared(node)), "reverted")
    return None


def applied(recorded: Iterable[Recorded]) -> list[Entry]:
    """What was written into a book as there from now on, in that order."""
    ordered = sorted(recorded, key=lambda one: one.started)
    entries = (entry_of(one.sql) for one in ordered if one.error is None)
    return [entry for entry in entries if entry and entry.kind != "reverted"]


def reverted_by(sql: str) -> Entry | None:
    """What a statement of a way back takes out of a book, or, in Alembic's one line, replaces."""
    node: Any = parse(sql)
    book = BOOKS.get(_target(node))
    if book is None or type(node).__name__ not in ("DeleteStmt", "UpdateStmt"):
        return None
    return _entry(book, dict(_compared(node)), "reverted")


def is_bookkeeping(sql: str) -> bool:
    """Whether a statement is about nothing but such tables."""
    node = parse(sql)
    if node is None:
        return False
    names = {one.relname.lower() for one in _ranges(node)}
    return bool(names) and names <= BOOKS.keys() | BESIDE


def _entry(book: Book, values: dict[str, str], kind: Literal["begun", "applied", "reverted"]) -> Entry | None:
    version = tuple(values.get(column, "") for column in book.columns)
    return Entry(book.tool, version, kind) if version[-1] else None


def _target(node: Any) -> str:
    relation = getattr(node, "relation", None)
    return str(getattr(relation, "relname", "")).lower()


def _columns(node: Any) -> list[str]:
    return [column.res_target.name.lower() for column in node.cols]


def _constants(node: Any) -> list[str]:
    rows = node.select_stmt.select_stmt.values_lists
    return [_constant(item) for item in rows[0].list.items] if rows else []


def _constant(node: Any) -> str:
    """The literal in an expression, whatever it is cast to; ``""`` when there is none."""
    for one in _nodes(node, "A_Const"):
        return str(one.sval.sval) if one.HasField("sval") else str(one.ival.ival)
    return ""


def _compared(node: Any) -> Iterator[tuple[str, str]]:
    for one in _nodes(node.where_clause, "A_Expr"):
        for reference in _nodes(one.lexpr, "ColumnRef"):
            yield reference.fields[-1].string.sval.lower(), _constant(one.rexpr)


def _ranges(node: Any) -> Iterator[Any]:
    return iter(find(node, "RangeVar"))


def _nodes(node: Any, kind: str) -> Iterator[Any]:
    return iter(find(node, kind))
