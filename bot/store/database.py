"""One database for the state that people can see and for the workflows."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from bot.store.tables import metadata
from checks.errors import UsageError


class Store:
    """The connection pool, and the one statement that both databases spell in their own way."""

    def __init__(self, engine: sa.Engine):
        self.engine = engine

    def close(self) -> None:
        self.engine.dispose()

    def add(self, connection: sa.Connection, table: sa.Table, row: Mapping[str, Any]) -> bool:
        """Insert a row unless its key is there; whether it was new."""
        spell = postgresql.insert if self.engine.dialect.name == "postgresql" else sqlite.insert
        statement = spell(table).values(**row).on_conflict_do_nothing().returning(*table.primary_key)
        return connection.execute(statement).first() is not None


def now() -> datetime:
    return datetime.now(UTC)


def open_store(url: str) -> Store:
    """Connect, and make the tables that are not there. Raises UsageError when the database cannot be reached."""
    engine = sa.create_engine(database_url(url), pool_pre_ping=True)
    if engine.dialect.name == "sqlite":
        sa.event.listen(engine, "connect", _prepare_sqlite)
    try:
        metadata.create_all(engine)
    except sa.exc.OperationalError as error:
        raise UsageError(
            f"cannot use the database {engine.url.render_as_string(hide_password=True)}: {error.orig}",
            hint="Set DATABASE_URL to a PostgreSQL or SQLite database that can be reached.",
        ) from error
    return Store(engine)


def database_url(url: str) -> str:
    """With the driver that this project has; hosters write ``postgres://`` and ``postgresql://``."""
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            return f"postgresql+psycopg://{url.removeprefix(prefix)}"
    return url


def _prepare_sqlite(connection: sqlite3.Connection, record: object) -> None:
    """Readers do not wait for the writer, and writers wait for each other (sqlite.org/wal.html)."""
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=NORMAL")
    connection.execute("PRAGMA busy_timeout=20000")
