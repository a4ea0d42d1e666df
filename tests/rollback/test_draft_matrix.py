"""For every kind of difference that a schema can have, the draft takes it back."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import psycopg
import pytest
from catalog.seeded import BASE, SEEDED, missing

from checks.catalog import Catalog, compare, read
from checks.model.differences import Significance
from checks.rollback import draft
from checks.rollback.settle import settle
from checks.sandbox import Database, Server
from checks.sandbox.server import Role

Connection = psycopg.Connection[tuple[object, ...]]
LEFT_OUT = {
    "TEXT SEARCH": "not drafted, and said: see test_draft",
    "CONNECTION LIMIT": "not drafted",
    "CREATE EXTENSION": "which one depends on the server: see test_compare",
    "ALTER DOMAIN shop.email DROP CONSTRAINT": "PostgreSQL takes no savepoint after it, and this test nests",
}


@pytest.fixture(scope="module")
def admin(server: Server) -> Iterator[Connection]:
    name = f"test_{uuid.uuid4().hex[:12]}"
    server.create(name)
    with Database(server, name).connect(Role.ADMIN) as connection:
        connection.execute(BASE)
        yield connection
    server.drop(name)


@pytest.fixture(scope="module")
def before(admin: Connection) -> Catalog:
    return read(admin)


@pytest.mark.parametrize(
    "change", [change for change, _ in SEEDED if not any(word in change for word in LEFT_OUT)]
)
def test_the_draft_takes_the_change_back(
    server: Server, admin: Connection, before: Catalog, change: str
) -> None:
    if word := missing(change, server):
        pytest.skip(f"this server has no {word}")
    with admin.transaction(force_rollback=True):
        admin.execute(change.replace("{database}", admin.info.dbname).encode())
        settled = settle(admin, draft(before, read(admin)))
        assert isinstance(settled, tuple), settled
        for statement in settled:
            admin.execute(statement.encode())
        left = compare(before, read(admin))
    assert [one for one in left if one.significance is not Significance.ORDER] == []
