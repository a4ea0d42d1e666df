"""Sessions and databases of a server: the part that is the same wherever the server came from."""

from __future__ import annotations

import contextlib
import functools
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from checks.errors import SandboxLost, SettingsError
from checks.sandbox.server import Role

Connection = psycopg.Connection[tuple[object, ...]]

MAINTENANCE = "postgres"
"""The database of the superuser's own sessions, which nobody else may enter."""
NAMES = {Role.APP: "app", Role.OBSERVER: "observer", Role.ADMIN: "migration_admin"}
PATIENCE = 50
"""Tenths of a second."""
LEAVING = 50
"""How often, 2 ms apart, it is looked whether the sessions of a database have ended."""
MOMENT = 0.5
"""Seconds."""
ROLE = (
    "CREATE ROLE {role} NOLOGIN",
    "GRANT {role} TO app WITH ADMIN OPTION",
    "GRANT CREATE, USAGE ON SCHEMA public TO {role}",
    "ALTER DEFAULT PRIVILEGES FOR ROLE app GRANT CREATE, USAGE ON SCHEMAS TO {role}",
)
"""A role of the migrations, made in the database that new ones are copied from."""
PREPARE = Path(__file__).with_name("prepare.sql").read_text()
TEMPLATE = Path(__file__).with_name("template.sql").read_text()


@dataclass(frozen=True)
class Address:
    """Where a server listens and who may enter."""

    host: str
    """The directory of its socket, or a host name."""
    port: str
    passwords: Mapping[Role, str] = field(default_factory=dict)
    names: Mapping[Role, str] = field(default_factory=lambda: NAMES)
    more: Mapping[str, str] = field(default_factory=dict)
    """Other parameters of libpq (``sslmode`` …)."""


class Sessions:
    """Connects, makes databases and drops them. The base of every server."""

    version: int
    empty = "template1"
    """The database that new ones are copied from."""

    def __init__(self, address: Address, wait: Callable[[], None]) -> None:
        self._address = address
        self._lock = threading.Lock()
        self._admin: Connection | None = None
        self._roles: tuple[str, ...] = ()
        wait()
        self.version = self.admin().info.server_version

    @property
    def address(self) -> Address:
        return self._address

    def is_alive(self) -> bool:
        raise NotImplementedError

    def why_lost(self) -> str:
        raise NotImplementedError

    def connect(
        self, database: str, role: Role = Role.APP, *, options: dict[str, str] | None = None
    ) -> Connection:
        settings = dict(options or {})
        if role is not Role.APP:
            settings["search_path"] = (
                "pg_catalog"  # startup options override what a migration set for the database
            )
        try:
            return self._connect(database, role, settings)
        except psycopg.OperationalError as error:
            if self._is_gone():
                raise SandboxLost(f"PostgreSQL is gone: {self.why_lost()}") from error
            raise

    def create(self, name: str, template: str = "template1") -> None:
        source = self.empty if template == "template1" else template
        statement = sql.SQL("CREATE DATABASE {} OWNER app TEMPLATE {}").format(
            sql.Identifier(name), sql.Identifier(source)
        )
        if self.version >= 150000:
            statement += sql.SQL(" STRATEGY file_copy")
        self._await_leaving(source)
        self._maintain(statement)
        self._reset_app()
        for role in self._roles:
            grant = sql.SQL("GRANT CREATE ON DATABASE {} TO {}")
            self._maintain(grant.format(sql.Identifier(name), sql.Identifier(role)))

    def _reset_app(self) -> None:
        """Settings of a role are the cluster's: what a migration in another database set must not be found here."""
        self._maintain(sql.SQL("ALTER ROLE app RESET ALL").format())
        for name, value in self._role_settings().items():
            self._maintain(sql.SQL("ALTER ROLE app SET {} = {}").format(sql.Identifier(name), value))

    def _role_settings(self) -> Mapping[str, str]:
        """Settings that ``app`` starts each session with, where the server as a whole cannot have them."""
        return {}

    def drop(self, name: str) -> None:
        """With its server it is gone already: what that died of is the error to tell, not this."""
        with contextlib.suppress(SandboxLost):
            self._await_leaving(name)
            self._drop(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def _drop(self, statement: sql.Composed) -> None:
        for _ in range(PATIENCE):
            try:
                self._maintain(statement)
                return
            except psycopg.errors.OutOfMemory:  # a flood of locks, which go with the session that took them
                time.sleep(0.1)
        self._maintain(statement)

    def _await_leaving(self, database: str) -> None:
        """A session ends a moment after its client has left, and who copies or drops the database meanwhile sleeps 0.1 s."""
        query = sql.SQL("SELECT count(*) FROM pg_stat_activity WHERE datname = {}").format(database)
        for _ in range(LEAVING):
            # A flood of locks leaves no room to ask: it goes with the session that took them.
            with contextlib.suppress(psycopg.errors.OutOfMemory):
                if self._maintain(query) == [(0,)]:
                    return
            time.sleep(0.002)

    def provide(self, roles: Sequence[str]) -> None:
        """Make the roles that migrations name as owner or grantee, as far as they are missing.

        ``app`` becomes a member of each, and each may create objects where ``app`` does: so ``OWNER TO`` and
        ``GRANT`` work as they do for production's superuser. Raises SettingsError for a role that is not to be given.
        """
        self._roles = tuple(role for role in roles if role != NAMES[Role.APP])
        for role in self._roles:
            if role.startswith("pg_") or role in {*NAMES.values(), *self._address.names.values()}:
                raise SettingsError(
                    f"roles: {role} is PostgreSQL's or the sandbox's own, and is not given to migrations"
                )
        there = {name for (name,) in self.admin().execute("SELECT rolname::text FROM pg_roles")}
        missing = [role for role in self._roles if role not in there]
        if not missing:
            return
        with self._connect(self.empty, Role.ADMIN, {}) as template:
            for role in missing:
                for command in ROLE:
                    template.execute(sql.SQL(command).format(role=sql.Identifier(role)))

    def terminate(self, pid: int) -> None:
        """End another session, as the superuser."""
        self._maintain(sql.SQL("SELECT pg_terminate_backend({})").format(pid))

    @functools.cached_property
    def extensions(self) -> frozenset[str]:
        """What ``CREATE EXTENSION`` can offer here."""
        with self._lock:
            rows = self.admin().execute("SELECT name::text FROM pg_available_extensions").fetchall()
        return frozenset(str(name) for (name,) in rows)

    def admin(self) -> Connection:
        """The superuser's session in the maintenance database, opened when it is first needed."""
        if self._admin is None or self._admin.closed:
            self._admin = self.connect(MAINTENANCE, Role.ADMIN)
        return self._admin

    def close(self) -> None:
        """Give up the superuser's session."""
        if self._admin is not None:
            self._admin.close()
            self._admin = None

    def _maintain(self, statement: sql.Composed) -> list[tuple[object, ...]]:
        """Run a command or query of the superuser, and give its rows."""
        try:
            with self._lock:
                cursor = self.admin().execute(statement)
                return cursor.fetchall() if cursor.description else []
        except psycopg.OperationalError as error:
            if self._admin is not None and not self._admin.broken:
                raise
            if self._is_gone():
                raise SandboxLost(f"PostgreSQL is gone: {self.why_lost()}") from error
            raise

    def _is_gone(self) -> bool:
        """Asked when a connection broke: a server that is killed loses those a moment before it ends."""
        deadline = time.monotonic() + MOMENT
        while self.is_alive():
            if time.monotonic() > deadline:
                return False
            time.sleep(0.01)
        return True

    def _answers(self) -> bool:
        """Whether it takes connections yet: a cluster that starts refuses them with 57P03."""
        try:
            self._connect(MAINTENANCE, Role.ADMIN, {}).close()
        except psycopg.OperationalError as error:
            if "password authentication failed" in str(error):
                raise SandboxLost("this cluster was made with another password") from error
            return False
        return True

    def _connect(self, database: str, role: Role, settings: Mapping[str, str]) -> Connection:
        parameters = {
            "hostaddr": "",  # given, so that PGHOSTADDR of the environment does not send us elsewhere
            "sslmode": "prefer",
            "channel_binding": "prefer",
            "gssencmode": "disable",
            **self._address.more,
            "host": self._address.host,
            "port": self._address.port,
            "dbname": database,
            "user": self._address.names[role],
            "password": self._address.passwords.get(role),
            "options": startup_options(settings),
            "client_encoding": "UTF8",
            "application_name": "migration",
            "connect_timeout": "10",
        }
        return psycopg.connect(make_conninfo("", **parameters), autocommit=True)


def startup_options(settings: Mapping[str, str]) -> str:
    """Server settings for the startup packet (libpq docs, 32.1.2: blanks and backslashes are escaped).

    Never empty: libpq would take ``PGOPTIONS`` from the environment instead.
    """
    pairs = {"client_min_messages": "notice", **settings}
    escaped = {name: value.replace("\\", "\\\\").replace(" ", "\\ ") for name, value in pairs.items()}
    return " ".join(f"-c {name}={value}" for name, value in escaped.items())


def prepare(server: Sessions, password: str) -> None:
    """Make the roles in a new cluster, and ``template1`` as migrations find a database of their own."""
    admin = server.admin()
    admin.execute(PREPARE.encode())
    for role in (Role.OBSERVER, Role.ADMIN):
        command = sql.SQL("ALTER ROLE {} PASSWORD {}")
        admin.execute(command.format(sql.Identifier(NAMES[role]), password))
    with server.connect("template1", Role.ADMIN) as template:
        template.execute(TEMPLATE.encode())
