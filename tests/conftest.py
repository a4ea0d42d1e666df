"""A real PostgreSQL for every test that wants one."""

from __future__ import annotations

import os
import signal
import uuid
from collections.abc import Iterator

import pytest

from checks.sandbox import Database, Server, open_server
from checks.settings import Settings

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # A shell that starts pytest in the background has it ignored, and so would every program that the tests interrupt.
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """One server per test session (per worker of pytest-xdist); MIGRATION_TEST_POSTGRES picks its version."""
    wanted = os.environ.get("MIGRATION_TEST_POSTGRES")
    settings = Settings(postgres=int(wanted)) if wanted else Settings(postgres=18, provider="bundled")
    long = settings.limits.model_copy(update={"total_seconds": 7200})
    with open_server(settings.model_copy(update={"limits": long})) as opened:
        yield opened


@pytest.fixture
def database(server: Server) -> Iterator[Database]:
    """A fresh empty database, dropped afterwards."""
    name = f"test_{uuid.uuid4().hex[:12]}"
    server.create(name)
    yield Database(server, name)
    server.drop(name)
