"""Every kind of difference that a schema can have is found, once, and nothing else is."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import psycopg
import pytest
from catalog.seeded import BASE, SEEDED, missing

from checks.catalog import Catalog, compare, read
from checks.model.differences import Significance
from checks.sandbox import Database, Server
from checks.sandbox.server import Role

Connection = psycopg.Connection[tuple[object, ...]]

NO_DIFFERENCE = {
    "dropped and made again": "DROP INDEX shop.orders_placed; CREATE INDEX orders_placed ON shop.orders (placed)",
    "column dropped and added at the end": "ALTER TABLE shop.users DROP note, ADD note text",
    "sequence advanced": "SELECT nextval('shop.tickets'), setval('shop.users_id_seq', 99)",
    "rows": "INSERT INTO shop.users (name) VALUES ('Ada'); DELETE FROM shop.users",
    "analysed": "ANALYZE shop.users",
    "rewritten": "CLUSTER shop.orders USING orders_placed; ALTER TABLE shop.orders SET WITHOUT CLUSTER",
    "granted and revoked": "GRANT SELECT ON shop.loner TO app; REVOKE SELECT ON shop.loner FROM app",
    "same function again": "CREATE OR REPLACE FUNCTION shop.twice(n integer DEFAULT 1) RETURNS integer "
    "LANGUAGE sql AS 'SELECT n * 2'",
    "temporary objects": "CREATE TEMP TABLE t (a serial PRIMARY KEY); CREATE TEMP VIEW v AS SELECT 1",
}


@pytest.fixture(scope="module")
def shop(server: Server) -> Iterator[Database]:
    name = f"test_{uuid.uuid4().hex[:12]}"
    server.create(name)
    database = Database(server, name)
    with database.connect(Role.ADMIN) as connection:
        connection.execute(BASE)
    yield database
    server.drop(name)


@pytest.fixture(scope="module")
def admin(shop: Database) -> Iterator[Connection]:
    with shop.connect(Role.ADMIN) as connection:
        yield connection


@pytest.fixture(scope="module")
def before(shop: Database) -> Catalog:
    return read(shop)


def after(admin: Connection, change: str) -> Catalog:
    """The schema with the change in it, which is then rolled back."""
    with admin.transaction(force_rollback=True):
        admin.execute(change)
        return read(admin)


def some_extension(admin: Connection) -> str:
    row = admin.execute(
        "SELECT name FROM pg_available_extensions WHERE name IN ('vector', 'citext') LIMIT 1"
    ).fetchone()
    assert row
    return str(row[0])


def found(before: Catalog, after: Catalog) -> str:
    """``changed table shop.users options; removed …``"""
    objects: dict[str, list[str]] = {}
    for difference in compare(before, after):
        name = f"{difference.kind} {difference.object_type} {difference.name}"
        objects.setdefault(name, []).extend([difference.property] if difference.property else [])
    return "; ".join(
        sorted(f"{name} {', '.join(properties)}".rstrip() for name, properties in objects.items())
    )


@pytest.mark.parametrize(("change", "expected"), SEEDED)
def test_seeded_difference_is_found_once(
    shop: Database, admin: Connection, before: Catalog, change: str, expected: str
) -> None:
    if word := missing(change, shop.server):
        pytest.skip(f"this server has no {word}")
    names = {
        "{database}": shop.name,
        "{admin}": admin.info.user,
        "{extension}": some_extension(admin),
    }
    for placeholder, name in names.items():
        change, expected = change.replace(placeholder, name), expected.replace(placeholder, name)
    assert found(before, after(admin, change)) == expected


@pytest.mark.parametrize("change", NO_DIFFERENCE.values(), ids=NO_DIFFERENCE.keys())
def test_no_difference(admin: Connection, before: Catalog, change: str) -> None:
    assert found(before, after(admin, change)) == ""


def test_a_rebuilt_database_does_not_differ(server: Server, database: Database, before: Catalog) -> None:
    with database.connect(Role.ADMIN) as connection:
        connection.execute(
            "CREATE TABLE public.shift (a serial PRIMARY KEY, b text); DROP TABLE public.shift"
        )
        connection.execute(BASE)
        connection.execute("VACUUM FULL")
    assert found(before, read(database)) == ""


def test_the_observer_sees_what_the_superuser_sees(before: Catalog, admin: Connection) -> None:
    assert read(admin).objects == before.objects


def test_what_an_extension_brings_is_left_out(admin: Connection, before: Catalog) -> None:
    extension = some_extension(admin)
    extended = after(admin, f"CREATE EXTENSION {extension} SCHEMA shop")
    assert extended.objects.keys() - before.objects.keys() == {("extension", extension)}


def test_significance(admin: Connection, before: Catalog) -> None:
    def significance(change: str) -> set[Significance]:
        return {difference.significance for difference in compare(before, after(admin, change))}

    assert significance("ALTER TABLE shop.parent ADD c text") == {Significance.SEMANTIC}
    assert significance("GRANT DELETE ON shop.users TO observer") == {Significance.PRIVILEGE}
    assert significance("ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO app") == {Significance.PRIVILEGE}
    assert significance("COMMENT ON TABLE shop.users IS 'x'") == {Significance.COMMENT}
    assert significance("ALTER TABLE shop.users DROP score, ADD score numeric(10, 2)") == {Significance.ORDER}
