"""A server that the user names: used by one run at a time, given back without traces, refused when it looks alive."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from checks.errors import SandboxLost, SandboxUnavailable, SettingsError
from checks.model.report import Isolation
from checks.sandbox import Role, Server, open_server
from checks.sandbox.places import secret
from checks.sandbox.watchdog import time_limit
from checks.settings import Limits, Settings


@pytest.fixture(scope="module")
def theirs() -> Iterator[Server]:
    """Somebody's server: here a second one of ours, reached by URL."""
    with open_server(Settings(provider="bundled")) as server:
        _without_our_roles(server)
        yield server


@pytest.fixture(scope="module")
def url(theirs: Server) -> str:
    with theirs.connect("postgres", Role.ADMIN) as admin:
        return f"postgresql://migration_admin:{secret()}@/postgres?host={admin.info.host}"


def _without_our_roles(server: Server) -> None:
    with server.connect("postgres", Role.ADMIN) as admin:
        admin.execute("ALTER ROLE app RENAME TO somebody; ALTER ROLE observer RENAME TO another")


def settings(url: str, **more: object) -> Settings:
    return Settings.model_validate({"server_url": url, "limits": Limits(disk_mb=256), **more})


def test_it_serves_as_any_other(url: str, tmp_path: Path) -> None:
    with open_server(settings(url, roles=("web_anon",))) as server:
        assert server.info.isolation is Isolation.EXTERNAL
        server.create("base")
        with server.connect("base") as app:
            app.execute("CREATE SCHEMA s; CREATE TABLE s.t (id int); ALTER TABLE s.t OWNER TO web_anon")
            app.execute("COMMENT ON EXTENSION plpgsql IS 'ours'")
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                app.execute("COPY s.t TO PROGRAM 'id'")
        server.create("copy", template="base")
        with server.connect("copy", Role.OBSERVER) as observer:
            observer.execute("SELECT 1")
        assert not server.save(tmp_path / "state.tar")


def test_it_is_given_back_without_our_databases(url: str, theirs: Server) -> None:
    with open_server(settings(url)) as server:
        server.create("base")
    with theirs.connect("postgres", Role.ADMIN) as admin:
        names = {name for (name,) in admin.execute("SELECT datname::text FROM pg_database")}
    assert names == {"postgres", "template0", "template1"}


def test_databases_of_a_killed_run_go_with_the_next(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as killed, open_server(settings(url)) as server:
        killed.setattr(server, "give_back", lambda: None)
        server.create("left_over")
    with (
        open_server(settings(url)) as server,
        pytest.raises(psycopg.OperationalError, match="does not exist"),
    ):
        server.connect("left_over")


def test_what_is_not_ours_is_left_alone(url: str, theirs: Server) -> None:
    with theirs.connect("postgres", Role.ADMIN) as admin:
        admin.execute("CREATE DATABASE precious")
        with open_server(settings(url)) as server:
            server.create("base")
        assert admin.execute("SELECT 1 FROM pg_database WHERE datname = 'precious'").fetchone()
        admin.execute("DROP DATABASE precious")


def test_a_server_with_a_role_of_that_name_is_refused() -> None:
    with open_server(Settings(provider="bundled")) as server, server.connect("postgres", Role.ADMIN) as admin:
        theirs = f"postgresql://migration_admin:{secret()}@/postgres?host={admin.info.host}"
        with pytest.raises(SandboxUnavailable, match="role app"), open_server(settings(theirs)):
            pass


def test_limits_hold(url: str) -> None:
    with open_server(settings(url)) as server:
        server.create("base")
        with server.connect("base") as app:
            assert app.execute("SHOW temp_file_limit").fetchone() == ("64MB",)
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                app.execute("SET temp_file_limit = -1")
            with pytest.raises(psycopg.errors.QueryCanceled), time_limit(server, app, 0.1):
                app.execute("SELECT pg_sleep(60)")
        app = server.connect("base")
        server.kill()
        with pytest.raises(psycopg.OperationalError):
            app.execute("SELECT 1")


def test_another_version_is_refused(url: str) -> None:
    with pytest.raises(SandboxUnavailable, match="is PostgreSQL 18"), open_server(settings(url, postgres=13)):
        pass


def test_a_role_that_is_no_superuser_is_refused(theirs: Server) -> None:
    with theirs.connect("postgres", Role.ADMIN) as admin:
        host = admin.info.host
        admin.execute(
            "CREATE ROLE modest LOGIN PASSWORD 'modest'; GRANT CONNECT ON DATABASE postgres TO modest"
        )
    url = f"postgresql://modest:modest@/postgres?host={host}"
    with pytest.raises(SandboxUnavailable, match="no superuser"), open_server(settings(url)):
        pass


def test_one_that_does_not_answer_is_named(tmp_path: Path) -> None:
    url = f"postgresql://me@/postgres?host={tmp_path}"
    with pytest.raises(SandboxUnavailable, match="server_url"), open_server(settings(url)):
        pass


def test_a_url_that_is_none_is_a_mistake_in_the_settings() -> None:
    with pytest.raises(SettingsError, match="server_url"), open_server(settings("nonsense")):
        pass


def test_required_isolation_cannot_be_had(url: str) -> None:
    demanding = settings(url, require_isolation="namespace")
    with pytest.raises(SandboxUnavailable, match="namespace is required"), open_server(demanding):
        pass


def test_it_may_die_while_it_is_used() -> None:
    with open_server(Settings(provider="bundled")) as mortal:
        _without_our_roles(mortal)
        with mortal.connect("postgres", Role.ADMIN) as admin:
            url = f"postgresql://migration_admin:{secret()}@/postgres?host={admin.info.host}"
        with open_server(settings(url)) as server:
            server.create("base")
            mortal.kill()
            with pytest.raises(SandboxLost):
                server.connect("base")
