"""What a sandbox gives: roles, databases, clones, snapshots, and a clear word when it cannot."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from checks.errors import SandboxLost, SandboxUnavailable, SettingsError
from checks.model.report import Isolation
from checks.sandbox import Database, Role, Server, open_server
from checks.settings import Settings

BUNDLED = Settings(postgres=18, provider="bundled")


def test_says_what_it_is(server: Server) -> None:
    major = server.version // 10000
    assert server.info.postgres.split(".")[0] == str(major)
    assert server.info.isolation in Isolation
    assert "plpgsql" in server.extensions


def test_app_owns_its_database_and_is_no_superuser(database: Database) -> None:
    with database.connect() as app:
        assert app.execute("SELECT current_user::text").fetchone() == ("app",)
        assert app.execute("SELECT rolsuper, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname = 'app'").fetchone() == (
            False,
            False,
            False,
        )  # fmt: skip
        app.execute("CREATE SCHEMA s; CREATE TABLE s.t (id int); CREATE TABLE public.t (id int)")


@pytest.mark.parametrize(
    "sql",
    [
        "COMMENT ON EXTENSION plpgsql IS 'as pg_dump writes it'",
        "COMMENT ON SCHEMA public IS 'as pg_dump writes it'",
        "DROP SCHEMA public CASCADE; CREATE SCHEMA public; GRANT ALL ON SCHEMA public TO PUBLIC",
        "DO $$ BEGIN PERFORM 1; END $$",
    ],
)
def test_what_dumps_and_migrations_do_works(database: Database, sql: str) -> None:
    with database.connect() as app:
        app.execute(sql.encode())


def test_observer_reads_statistics_and_owns_nothing(database: Database) -> None:
    with database.connect() as app, database.connect(Role.OBSERVER) as observer:
        app.execute("CREATE TABLE secret (id int)")
        app.execute("SELECT 'seen'")
        query = "SELECT query FROM pg_stat_activity WHERE pid = %s"
        assert observer.execute(query, [app.info.backend_pid]).fetchone() == ("SELECT 'seen'",)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            observer.execute("SELECT * FROM public.secret")


def test_options_are_settings_of_the_session(database: Database) -> None:
    odd = r"a b\c"
    with database.connect(options={"TimeZone": "Europe/Paris", "application_name": odd}) as app:
        assert app.execute("SELECT current_setting('TimeZone')").fetchone() == ("Europe/Paris",)
        assert app.info.parameter_status("client_encoding") == "UTF8"


def test_the_environment_does_not_reach_the_session(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGOPTIONS", "-c work_mem=123MB")
    monkeypatch.setenv("PGHOSTADDR", "192.0.2.1")
    monkeypatch.setenv("PGTZ", "Asia/Tokyo")
    with open_server(BUNDLED) as server:
        server.create("base")
        with server.connect("base") as app:
            assert app.execute("SHOW work_mem").fetchone() == ("4MB",)
            assert app.execute("SHOW TimeZone").fetchone() == ("UTC",)


def test_clone_has_all_rows_and_goes_away(database: Database, server: Server) -> None:
    with database.connect() as app:
        app.execute("CREATE TABLE t AS SELECT generate_series(1, 10) AS id")
    with database.clone("a_copy") as clone, clone.connect() as app:
        assert app.execute("SELECT count(*) FROM t").fetchone() == (10,)
        app.execute("DROP TABLE t")
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        server.connect("a_copy")
    with database.connect() as app:
        assert app.execute("SELECT count(*) FROM t").fetchone() == (10,)


def test_drop_ends_sessions_and_forgives_what_is_gone(server: Server) -> None:
    server.create("short_lived")
    session = server.connect("short_lived")
    server.drop("short_lived")
    server.drop("short_lived")
    with pytest.raises(psycopg.OperationalError):
        session.execute("SELECT 1")


def test_snapshot_holds_the_whole_state(tmp_path: Path) -> None:
    file = tmp_path / "state.tar"
    with open_server(BUNDLED) as server:
        server.create("base")
        with server.connect("base") as app:
            app.execute("CREATE TABLE t AS SELECT 42 AS answer")
        assert server.save(file)
        with server.connect("base") as app:  # it goes on running
            assert app.execute("SELECT answer FROM t").fetchone() == (42,)
    with open_server(BUNDLED, snapshot=lambda _: file) as server, server.connect("base") as app:
        assert app.execute("SELECT answer FROM t").fetchone() == (42,)


def test_a_broken_snapshot_is_said_to_be_unusable(tmp_path: Path) -> None:
    broken = tmp_path / "broken.tar"
    broken.write_bytes(b"no archive" * 1000)
    with pytest.raises(SandboxLost, match="did not start"), open_server(BUNDLED, snapshot=lambda _: broken):
        pass


def test_a_saved_cluster_that_does_not_start_is_removed_and_an_earlier_one_taken(tmp_path: Path) -> None:
    broken = tmp_path / "broken.tar"
    broken.write_bytes(b"no archive" * 1000)
    with open_server(BUNDLED, snapshot=lambda _: broken if broken.exists() else None) as server:
        server.create("base")
    assert not broken.exists()


def test_a_killed_server_is_lost() -> None:
    with open_server(BUNDLED) as server:
        server.create("base")
        server.kill()
        with pytest.raises(SandboxLost):
            server.connect("base")
        with pytest.raises(SandboxLost):
            server.create("another")


def test_roles_can_own_and_be_granted_to() -> None:
    settings = BUNDLED.model_copy(update={"roles": ("postgres", "web_anon")})
    with open_server(settings) as server:
        server.create("base")
        with server.connect("base") as app:
            app.execute("""
                CREATE SCHEMA api; CREATE TABLE api.t (id int); CREATE TABLE public.u (id int);
                ALTER TABLE api.t OWNER TO postgres; ALTER TABLE public.u OWNER TO postgres;
                ALTER SCHEMA api OWNER TO postgres; GRANT SELECT ON api.t TO web_anon; GRANT web_anon TO postgres;
                ALTER SCHEMA public OWNER TO postgres
            """)


@pytest.mark.parametrize("role", ["pg_execute_server_program", "migration_admin"])
def test_roles_that_would_open_the_sandbox_are_refused(role: str) -> None:
    with pytest.raises(SettingsError, match=role), open_server(BUNDLED.model_copy(update={"roles": (role,)})):
        pass


def test_a_version_that_is_not_there_names_every_provider_and_the_way_out() -> None:
    with pytest.raises(SandboxUnavailable, match="PostgreSQL 17 is not there") as caught, open_server(
        Settings(postgres=17, provider="bundled")
    ):  # fmt: skip
        pass
    assert caught.value.hint == "run: migration sandbox install 17"


def test_isolation_that_cannot_be_had_is_refused() -> None:
    settings = Settings(provider="bundled", require_isolation="container")
    with pytest.raises(SandboxUnavailable, match="container is required"), open_server(settings):
        pass
