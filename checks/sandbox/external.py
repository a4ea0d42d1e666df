"""A throw-away server that the user names: a service container of a CI job, say.

It is filled with the roles ``app`` and ``observer`` and with databases, one run at a time, and given back without
the databases. What is not ours cannot be hardened: it is as isolated as the user made it.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final, LiteralString

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from checks.errors import SandboxLost, SandboxUnavailable, SettingsError
from checks.model.report import Isolation, SandboxInfo
from checks.progress import Progress
from checks.sandbox.isolation import demand
from checks.sandbox.server import Role, Snapshots
from checks.sandbox.sessions import MAINTENANCE, NAMES, TEMPLATE, Address, Connection, Sessions
from checks.settings import Limits, Settings

EMPTY = "migration_empty"
ONE_AT_A_TIME = 7_301_518_220_415_006_732
"""The advisory lock that a run holds in the maintenance database."""
MARK: Final = "made by migration-specialist"
LIVE = """
    SELECT CASE
        WHEN NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN 'its role is no superuser'
        WHEN pg_is_in_recovery() THEN 'it is a standby'
        WHEN EXISTS (SELECT FROM pg_stat_replication) THEN 'it has standbys, so it is not one to throw away'
        WHEN EXISTS (
            SELECT FROM pg_roles
            WHERE rolname IN ('app', 'observer')
                AND shobj_description(oid, 'pg_authid') IS DISTINCT FROM 'made by migration-specialist'
        ) THEN 'it has a role app or observer of its own'
    END
"""


@contextlib.contextmanager
def start(settings: Settings, snapshot: Snapshots | None, progress: Progress) -> Iterator[ExternalServer]:
    """The server, while no other run uses it; afterwards without the databases that were made."""
    if settings.server_url is None:
        raise SandboxUnavailable("server_url is not set")
    demand(settings, Isolation.EXTERNAL)
    progress("connecting to the server")
    try:
        server = ExternalServer(_address(settings.server_url), settings.limits)
    except (psycopg.Error, SandboxLost) as error:
        raise SandboxUnavailable(f"the server of server_url refuses: {error.__cause__ or error}") from error
    with contextlib.closing(server):
        progress("waiting for other runs on that server")
        server.claim(settings)
        try:
            server.make_ready()
            server.provide(settings.roles)
            yield server
        finally:
            server.give_back()


class ExternalServer(Sessions):
    """A server that is not ours."""

    empty = EMPTY

    def __init__(self, address: Address, limits: Limits) -> None:
        super().__init__(address, lambda: None)
        self._limits = limits
        self.info = SandboxInfo(
            provider="server",
            postgres=f"{self.version // 10000}.{self.version % 10000}",
            isolation=Isolation.EXTERNAL,
            notes=(
                "CREATE EXTENSION: only what PostgreSQL itself trusts there.",
                "Memory and disk are bounded by whoever runs that server.",
            ),
        )

    def claim(self, settings: Settings) -> None:
        """Wait for our turn. Raises SandboxUnavailable when it is not a server to throw away."""
        admin = self.admin()
        reason = (admin.execute(LIVE).fetchone() or (None,))[0]
        if settings.postgres not in (None, self.version // 10000):
            reason = f"it is PostgreSQL {self.info.postgres}, not {settings.postgres}"
        if reason:
            raise SandboxUnavailable(f"the server of server_url is refused: {reason}")
        admin.execute("SELECT pg_advisory_lock(%s)", [ONE_AT_A_TIME])

    def make_ready(self) -> None:
        """Make our roles and the database to copy from, after removing what a killed run has left."""
        self._make_roles()
        self._drop_databases()
        self._maintain(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(EMPTY)))
        self._mark("DATABASE", EMPTY)
        with self._connect(EMPTY, Role.ADMIN, {}) as empty:
            empty.execute(TEMPLATE.encode())

    def create(self, name: str, template: str = "template1") -> None:
        super().create(name, template)
        self._mark("DATABASE", name)

    def give_back(self) -> None:
        """Drop what was made."""
        with contextlib.suppress(
            psycopg.OperationalError, SandboxLost
        ):  # it died: there is nothing to give back
            self.kill()
            self._drop_databases()

    def save(self, target: Path) -> bool:
        return False

    def _connect(self, database: str, role: Role, settings: Mapping[str, str]) -> Connection:
        """A role may change its own password; then it is put back, once."""
        try:
            return super()._connect(database, role, settings)
        except psycopg.OperationalError as error:
            if role is not Role.APP or "password authentication failed" not in str(error):
                raise
        self._reset_app()
        return super()._connect(database, role, settings)

    def kill(self) -> None:
        """The server is not ours to kill: end every session of the migrations."""
        with self._connect(MAINTENANCE, Role.ADMIN, {}) as admin:
            admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'app'")

    def is_alive(self) -> bool:
        try:
            self._connect(MAINTENANCE, Role.ADMIN, {}).close()
        except psycopg.OperationalError:
            return False
        return True

    def why_lost(self) -> str:
        return "the server of server_url does not answer any more"

    def _reset_app(self) -> None:
        """Also the password, which a role may change by itself."""
        password = self._address.passwords[Role.APP]
        self._maintain(sql.SQL("ALTER ROLE app PASSWORD {}").format(password))
        super()._reset_app()

    def _role_settings(self) -> dict[str, str]:
        """Limits and silence that our own clusters have as server settings. Set by a superuser, so they hold."""
        return {
            "temp_file_limit": f"{self._limits.disk_mb // 4}MB",
            "statement_timeout": f"{int(self._limits.statement_seconds * 1000) + 5000}",
            "jit": "off",
            "max_parallel_workers_per_gather": "0",
            "max_parallel_maintenance_workers": "0",
        }

    def _make_roles(self) -> None:
        for role in (Role.APP, Role.OBSERVER):
            name, password = NAMES[role], self._address.passwords[role]
            statement = sql.SQL(
                "{} ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS PASSWORD {}"
            )
            verb = sql.SQL("ALTER" if name in self._marked("pg_authid", "rolname") else "CREATE")
            self._maintain(statement.format(verb, sql.Identifier(name), password))
            self._mark("ROLE", name)
        self._maintain(sql.SQL("GRANT pg_read_all_stats TO observer").format())

    def _drop_databases(self) -> None:
        for name in self._marked("pg_database", "datname"):
            self.drop(name)

    def _mark(self, kind: LiteralString, name: str) -> None:
        """Only what carries our mark is ever changed or dropped: the URL may have been a mistake."""
        self._maintain(sql.SQL(f"COMMENT ON {kind} {{}} IS {{}}").format(sql.Identifier(name), MARK))

    def _marked(self, catalog: LiteralString, column: LiteralString) -> list[str]:
        query = f"SELECT {column}::text FROM {catalog} WHERE shobj_description(oid, '{catalog}') = '{MARK}'"
        return [str(name) for (name,) in self.admin().execute(query).fetchall()]


def _address(url: str) -> Address:
    try:
        given = {name: str(value) for name, value in conninfo_to_dict(url).items() if value is not None}
    except psycopg.ProgrammingError as error:
        raise SettingsError(f"server_url: {error}") from error
    user, password = given.pop("user", "postgres"), given.pop("password", None)
    given.pop("dbname", None)
    # The same for every run on that server, so that two that meet do not lock each other out.
    passwords = {role: hashlib.sha256(f"{url}\0{NAMES[role]}".encode()).hexdigest() for role in Role}
    if password is None:
        del passwords[Role.ADMIN]
    else:
        passwords[Role.ADMIN] = password
    return Address(
        host=given.pop("host", "localhost"),
        port=given.pop("port", "5432"),
        passwords=passwords,
        names={**NAMES, Role.ADMIN: user},
        more=given,
    )
