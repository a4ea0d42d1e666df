"""One database with a small schema, of which every test traces on a clone."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from checks.replay.execute import execute
from checks.sandbox import Database, Server
from checks.settings import Settings
from tests.trace.scripts import script

SCHEMA = (Path(__file__).parent / "schema.sql").read_text()


@pytest.fixture(scope="session")
def filled(server: Server) -> Iterator[Database]:
    server.create("trace_filled")
    database = Database(server, "trace_filled")
    assert execute(database, [script(SCHEMA)], Settings()).error is None
    yield database
    server.drop("trace_filled")


@pytest.fixture
def clone(filled: Database) -> Iterator[Database]:
    with filled.clone(f"trace_{uuid.uuid4().hex[:12]}") as database:
        yield database
