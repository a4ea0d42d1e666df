"""Schemas on a real server, for the tests of this folder."""

from __future__ import annotations

from typing import Any

from checks.data import Filled, fill
from checks.sandbox.server import Database, Role


def run(database: Database, sql: str, role: Role = Role.APP) -> list[tuple[Any, ...]]:
    """Run a script; the rows of its last statement, if it has any."""
    with database.connect(role) as session:
        cursor = session.execute(sql.encode())
        while cursor.nextset():
            pass
        return cursor.fetchall() if cursor.description else []


def one(database: Database, sql: str) -> Any:
    return run(database, sql)[0][0]


def filled(database: Database, schema: str, rows: int = 40) -> Filled:
    """Make the schema and fill all of it; nothing may stay empty, and every foreign key must hold."""
    run(database, schema)
    result = fill(database, rows)
    assert result.unfilled == ()
    assert broken_keys(database) == []
    return result


def broken_keys(database: Database) -> list[str]:
    """Foreign keys that the rows do not satisfy, as PostgreSQL itself judges when it validates them again."""
    keys = run(
        database,
        "SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid) FROM pg_constraint "
        "WHERE contype = 'f' AND conparentid = 0 AND convalidated",
    )
    broken = []
    with database.connect() as session:
        for table, name, definition in keys:
            try:
                with session.transaction(force_rollback=True):
                    session.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}, ADD {definition}".encode())
            except Exception as error:  # noqa: BLE001 (any refusal is the answer)
                broken.append(f"{name}: {error}")
    return broken
