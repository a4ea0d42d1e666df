"""What a migration that means harm is refused, and the three ways in which naive observers were taken over."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import psycopg
import pytest

from checks.errors import SandboxUnavailable
from checks.model.report import Isolation
from checks.sandbox import Database, Role, Server, open_server
from checks.sandbox.extensions import ALLOWED
from checks.settings import Settings

REFUSED = [
    "COPY (SELECT 1) TO PROGRAM 'true'",
    "CREATE TABLE t (x text); COPY t FROM PROGRAM 'id'",
    "COPY (SELECT 1) TO '/tmp/stolen'",
    "CREATE TABLE t (x text); COPY t FROM '/etc/passwd'",
    "SELECT pg_read_file('/etc/passwd')",
    "SELECT pg_read_binary_file('PG_VERSION')",
    "SELECT pg_ls_dir('/')",
    "SELECT pg_stat_file('/etc/passwd')",
    "SELECT lo_import('/etc/passwd')",
    "SELECT lo_export(lo_create(0), '/tmp/stolen')",
    "ALTER SYSTEM SET work_mem = '1GB'",
    "CREATE FUNCTION f() RETURNS int LANGUAGE c AS '$libdir/plpgsql', 'f'",
    "CREATE FUNCTION f() RETURNS int LANGUAGE internal AS 'pg_backend_pid'",
    "LOAD '/tmp/evil.so'",
    "CREATE SUBSCRIPTION s CONNECTION 'dbname=postgres user=migration_admin' PUBLICATION p",
    "CREATE TABLESPACE evil LOCATION '/tmp'",
    "CREATE ROLE evil SUPERUSER",
    "ALTER ROLE app SUPERUSER",
    "ALTER ROLE app CREATEROLE",
    "ALTER ROLE observer PASSWORD 'known'",
    "ALTER ROLE migration_admin PASSWORD 'known'",
    "ALTER ROLE observer SET search_path = evil",
    "GRANT pg_execute_server_program TO app",
    "GRANT migration_admin TO app",
    "SET ROLE migration_admin",
    "SET SESSION AUTHORIZATION migration_admin",
    "SET session_replication_role = replica",
    "CREATE FUNCTION f() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';"
    " CREATE EVENT TRIGGER e ON ddl_command_end EXECUTE FUNCTION f()",
    "SELECT * FROM pg_authid",
    "SELECT * FROM pg_hba_file_rules",
    "SHOW data_directory",
    "SHOW hba_file",
    "SELECT pg_reload_conf()",
    "SELECT pg_create_physical_replication_slot('s')",
    "SET temp_file_limit = -1",
    "SET log_min_messages = debug5",
    "SET log_statement = 'all'",
    "CREATE DATABASE another",
    "ALTER DATABASE postgres SET search_path = evil",
    "ALTER DATABASE template1 OWNER TO app",
    "UPDATE pg_proc SET prosrc = 'x'",
    "CREATE TABLE pg_catalog.t (id int)",
    "CREATE FUNCTION pg_catalog.f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
]


@pytest.mark.parametrize("attack", REFUSED)
def test_refused(database: Database, attack: str) -> None:
    with database.connect() as app, pytest.raises(psycopg.Error) as refusal:
        app.execute(attack.encode())
    # insufficient_privilege; LOAD of a path, and parameters of the server, have codes of their own
    assert refusal.value.sqlstate in {"42501", "55P02", "58P01", "0A000"}


@pytest.mark.parametrize("name", ["postgres", "template1"])
def test_app_and_observer_have_no_business_in_the_maintenance_databases(server: Server, name: str) -> None:
    for role in (Role.APP, Role.OBSERVER):
        with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
            server.connect(name, role)


def test_others_cannot_be_read_or_ended(database: Database, server: Server) -> None:
    with database.connect() as app, server.connect("postgres", Role.ADMIN) as admin:
        pid = admin.info.backend_pid
        row = app.execute("SELECT query FROM pg_stat_activity WHERE pid = %s", [pid]).fetchone()
        assert row == ("<insufficient privilege>",)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute("SELECT pg_terminate_backend(%s)", [pid])


def test_a_search_path_of_the_database_does_not_fool_the_observer(database: Database) -> None:
    """A naive superuser observer ran the attacker's function through the view that it took for pg_locks."""
    with database.connect() as app:
        app.execute(f"""
            CREATE SCHEMA evil;
            CREATE FUNCTION evil.f() RETURNS int LANGUAGE plpgsql AS 'BEGIN ALTER ROLE app SUPERUSER; RETURN 1; END';
            CREATE VIEW evil.pg_locks AS SELECT evil.f() AS pid;
            GRANT USAGE ON SCHEMA evil TO PUBLIC; GRANT SELECT ON evil.pg_locks TO PUBLIC;
            ALTER DATABASE {database.name} SET search_path = evil, pg_catalog
        """)
    for role in (Role.OBSERVER, Role.ADMIN):
        with database.connect(role) as watching:
            assert watching.execute("SHOW search_path").fetchone() == ("pg_catalog",)
            watching.execute("SELECT * FROM pg_locks")
    with database.connect(options={"search_path": "public"}) as app:
        assert not _is_superuser(app)


def test_what_the_observer_touches_gives_the_attacker_nothing(database: Database) -> None:
    """A superuser that filled a table fired its trigger, which made the attacker a superuser. The observer cannot
    fill anything, and a function that it is brought to call runs with the rights of a role that has none."""
    with database.connect() as app:
        app.execute("""
            CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS 'BEGIN ALTER ROLE app SUPERUSER; RETURN 1; END';
            CREATE VIEW trap AS SELECT f() AS n; GRANT SELECT ON trap TO PUBLIC; CREATE TABLE t (id int)
        """)
        with database.connect(Role.OBSERVER) as observer:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                observer.execute("SELECT * FROM public.trap")
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                observer.execute("INSERT INTO public.t VALUES (1)")
        assert not _is_superuser(app)


@pytest.mark.parametrize("way", ["RESET ROLE", "RESET SESSION AUTHORIZATION", "SET ROLE NONE", "DISCARD ALL"])
def test_there_is_no_stronger_role_to_fall_back_to(database: Database, way: str) -> None:
    """A runner that connected as superuser and did SET ROLE was left with RESET ROLE."""
    with database.connect() as app:
        app.execute(way.encode())
        assert not _is_superuser(app)


def test_admin_and_observer_need_a_password_that_app_does_not_have(
    server: Server, database: Database
) -> None:
    with database.connect() as app:
        host, port = app.info.host, app.info.port
    for user in ("migration_admin", "observer"):
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(host=host, port=port, dbname=database.name, user=user, password="guess")


def test_what_a_migration_does_to_its_own_role_ends_with_its_database(server: Server) -> None:
    server.create("first")
    with server.connect("first") as app:
        app.execute("ALTER ROLE app SET search_path = evil; ALTER ROLE app SET statement_timeout = 1")
    server.drop("first")
    server.create("second")
    with server.connect("second") as app:
        assert app.execute("SHOW search_path").fetchone() == ('"$user", public',)
        app.execute("SELECT pg_sleep(0.01)")
    server.drop("second")


@pytest.fixture(scope="module")
def installed() -> Iterator[Server]:
    """A server with all of contrib on it."""
    with contextlib.ExitStack() as stack:
        try:
            server = stack.enter_context(open_server(Settings(provider="installed")))
        except SandboxUnavailable as error:
            pytest.skip(str(error))
        yield server


def skip_without_the_list(server: Server) -> None:
    if server.info.isolation is Isolation.PROCESS and server.version < 180000:
        pytest.skip("a plain process before PostgreSQL 18 has the extensions that PostgreSQL itself trusts")


@pytest.mark.parametrize("name", ["citext", "earthdistance", "pg_stat_statements", "pgcrypto", "uuid-ossp"])
def test_extensions_on_the_list_can_be_created(installed: Server, name: str) -> None:
    skip_without_the_list(installed)
    installed.create("with_extensions")
    try:
        with installed.connect("with_extensions") as app:
            app.execute(f'CREATE EXTENSION "{name}" CASCADE'.encode())
    finally:
        installed.drop("with_extensions")


@pytest.mark.parametrize(
    "name", ["dblink", "file_fdw", "postgres_fdw", "adminpack", "pltcl", "plperl", "pageinspect"]
)
def test_others_are_not_available(installed: Server, name: str) -> None:
    skip_without_the_list(installed)
    assert name not in installed.extensions
    assert installed.extensions <= ALLOWED
    installed.create("without_extensions")
    try:
        with (
            installed.connect("without_extensions") as app,
            pytest.raises(psycopg.errors.FeatureNotSupported),
        ):
            app.execute(f"CREATE EXTENSION {name}".encode())
    finally:
        installed.drop("without_extensions")


def test_vector_comes_with_the_bundled_server(database: Database, server: Server) -> None:
    if server.info.provider != "bundled":
        pytest.skip("pgvector is part of the bundled programs only")
    with database.connect() as app:
        app.execute(
            "CREATE EXTENSION vector; CREATE TABLE t (v vector(3)); CREATE INDEX ON t USING hnsw (v vector_l2_ops)"
        )


def _is_superuser(session: psycopg.Connection[tuple[object, ...]]) -> bool:
    answer = session.execute(
        "SELECT rolsuper OR session_user <> 'app' FROM pg_catalog.pg_roles WHERE rolname = 'app'"
    ).fetchone()
    return answer != (False,)
