"""A tool's own table under another name than the usual one (``version_table``, ``tableName``, ``flyway.table`` …).

The database is empty when a command is heard, so each tool makes its table first: that table is known by its columns, whatever
it is called. Where other tables may have the same columns, what is written there must name migrations that the tree has. No
configuration file is read: the name may come from anywhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from postgast import PgQueryError, scan
from postgast import pg_query_pb2 as pg

from checks.sql.parse import find, parse
from checks.trees import Tree
from checks.wire.bookkeeping import BESIDE, BOOKS, entry_of
from checks.wire.finder import Finder
from checks.wire.recorded import Recorded

_SHAPES = {
    frozenset(columns.split()): name
    for name, columns in {
        "alembic_version": "version_num",
        "databasechangelog": "id author filename dateexecuted orderexecuted exectype md5sum description comments tag "
        "liquibase contexts labels deployment_id",
        "databasechangeloglock": "id locked lockgranted lockedby",
        "flyway_schema_history": "installed_rank version description type script checksum installed_by installed_on "
        "execution_time success",
        "goose_db_version": "id version_id is_applied tstamp",
        "knex_migrations": "id name batch migration_time",
        "knex_migrations_lock": "index is_locked",
        "migrations": "id timestamp name",
        "mikro_orm_migrations": "id name executed_at",
        "pgmigrations": "id name run_on",
        "schema_migrations": "version",
        "sequelizemeta": "name",
    }.items()
} | {frozenset({"version", "inserted_at"}): "schema_migrations"}
"""Columns → the usual name. Ecto has the second shape of ``schema_migrations``."""
_UNMISTAKABLE = frozenset(
    {"databasechangelog", "databasechangeloglock", "flyway_schema_history", "goose_db_version"}
    | {"knex_migrations", "knex_migrations_lock"}
)
_METADATA = frozenset({"key", "value", "created_at", "updated_at"})
"""Rails' second table."""

Names = Mapping[str, str]
"""A table's name in lower case → the name that its tool usually gives it."""


def own_tables(recorded: Sequence[Recorded], tree: Tree) -> Names:
    """Those that are called otherwise than usual."""
    finder, paths = Finder(tree), frozenset(tree.paths())
    made = dict(_made(recorded))
    shaped = {table: _SHAPES[columns] for table, columns in made.items() if columns in _SHAPES}
    names = {
        table: usual
        for table, usual in shaped.items()
        if usual in _UNMISTAKABLE or _names_migrations(recorded, {table: usual}, finder, paths)
    }
    if "schema_migrations" in names.values():
        names |= {table: "ar_internal_metadata" for table, columns in made.items() if columns == _METADATA}
    return names


def with_usual_names(recorded: Sequence[Recorded], names: Names) -> Sequence[Recorded]:
    """What was said about such tables alone, as if they were called as usual: it is no part of any migration."""
    return [_with_usual_names(one, names) for one in recorded] if names else recorded


def _made(recorded: Sequence[Recorded]) -> Iterator[tuple[str, frozenset[str]]]:
    """Tables with their columns, but for those that have a usual name."""
    for one in recorded:
        node: Any = parse(one.sql) if "CREATE TABLE" in one.sql.upper() else None
        if type(node).__name__ == "CreateStmt" and one.error is None:
            table = node.relation.relname.lower()
            columns: Any = find(node, "ColumnDef")
            if table not in BOOKS.keys() | BESIDE:
                yield table, frozenset(column.colname.lower() for column in columns)


def _names_migrations(
    recorded: Sequence[Recorded], names: Names, finder: Finder, paths: frozenset[str]
) -> bool:
    about = [one for one in recorded if _mentions(one.sql, names)]
    entries = (entry_of(one.sql) for one in with_usual_names(about, names))
    return any(entry and finder.of(entry) in paths for entry in entries)


def _with_usual_names(one: Recorded, names: Names) -> Recorded:
    if not _mentions(one.sql, names):
        return one
    node: Any = parse(one.sql)
    tables: Any = find(node, "RangeVar") if node is not None else ()
    spoken_of = {table.relname.lower() for table in tables}
    if not spoken_of or not spoken_of <= names.keys() | BOOKS.keys() | BESIDE:
        return one
    return one.model_copy(update={"sql": _renamed(one.sql, names)})


def _mentions(sql: str, names: Names) -> bool:
    folded = sql.lower()
    return any(name in folded for name in names)


def _renamed(sql: str, names: Names) -> str:
    """Word by word. What cannot be read stays as it is."""
    try:
        tokens = scan(sql).tokens
    except PgQueryError:
        return sql
    source, end = sql.encode(), 0
    parts: list[bytes] = []
    for token in tokens:
        word = source[token.start : token.end].decode()
        usual = names.get(word.strip('"').lower()) if token.token == pg.IDENT else None
        if usual:
            parts += [source[end : token.start], usual.encode()]
            end = token.end
    return b"".join([*parts, source[end:]]).decode()
