"""Reading a schema again gives what reading all of it gives."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest
from catalog.seeded import BASE, SEEDED, missing

from checks.catalog import Reader, read, read_all
from checks.catalog.read import assemble, rows, safely
from checks.catalog.reader import reading
from checks.sandbox import Database, Server
from checks.sandbox.server import Role

CHANGES = [
    *(change for change, _ in SEEDED),
    "ALTER SCHEMA shop RENAME TO store",
    "ALTER TABLE shop.users RENAME TO people",
    "ALTER TABLE shop.users RENAME name TO nick",
    'CREATE TABLE shop."a.b" (c int); CREATE TABLE shop.a (b int); CREATE SCHEMA "shop.a"; CREATE TABLE "shop.a".b (c int)',
    "DROP SCHEMA shop CASCADE",
    "COMMENT ON INDEX shop.orders_placed IS 'x'",
]


@pytest.fixture(scope="module")
def shop(server: Server) -> Iterator[Database]:
    name = f"test_{uuid.uuid4().hex[:12]}"
    server.create(name)
    database = Database(server, name)
    with database.connect(Role.ADMIN) as connection:
        connection.execute(BASE)
    yield database
    server.drop(name)


@pytest.mark.parametrize("change", CHANGES)
def test_after_each_change(shop: Database, change: str) -> None:
    if word := missing(change, shop.server):
        pytest.skip(f"this server has no {word}")
    with shop.connect(Role.ADMIN) as admin:
        for placeholder, name in {"{database}": shop.name, "{admin}": admin.info.user}.items():
            change = change.replace(placeholder, name)
        if "{extension}" in change:
            pytest.skip("the extension is named elsewhere")
        with admin.transaction(force_rollback=True), safely(admin):
            first = reading(admin, None)
            admin.execute(change)
            again, whole = reading(admin, first).catalog, assemble(rows(admin))
        assert again == whole
        assert again.facts == whole.facts
        assert list(again.objects) == list(whole.objects)


def test_in_a_copy(shop: Database) -> None:
    last = read_all(shop)
    with shop.clone(f"{shop.name}_copy") as copy, Reader(copy, last) as reader:
        assert reader.read() == read(copy)
        with copy.connect() as app:
            app.execute("CREATE TABLE public.t (id int PRIMARY KEY REFERENCES public.t)")
        assert reader.read() == read(copy)
        with copy.connect() as app:
            app.execute("DROP TABLE public.t")
        assert reader.read().objects == reader.read().objects == read(shop).objects
