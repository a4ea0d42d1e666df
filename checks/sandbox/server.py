"""A running throw-away PostgreSQL, its roles, and its databases."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Protocol, TypeAlias

import psycopg

from checks.model.report import SandboxInfo

Snapshots: TypeAlias = Callable[[str], Path | None]
"""Given what kind of server it will be (two of one kind can read each other's files), the saved cluster to go on from."""


class Role(StrEnum):
    """Who connects. No superuser ever enters a database in which a pull request's code has run."""

    APP = "app"
    """Runs the migrations: owns the database, is no superuser, may not create roles."""
    OBSERVER = "observer"
    """Reads catalogs and statistics (pg_read_all_stats): owns nothing, is a member of nothing else;
    its ``search_path`` is ``pg_catalog``, set in the connection options so that no database setting overrides it."""
    ADMIN = "admin"
    """The superuser: makes and drops databases, fills the base state, before strangers' code runs."""


class Server(Protocol):
    """One cluster, for one validation and one owner."""

    info: SandboxInfo
    version: int
    """``server_version_num``: 180004."""

    @property
    def extensions(self) -> frozenset[str]:
        """What ``CREATE EXTENSION`` can offer here."""
        ...

    def connect(
        self, database: str, role: Role = Role.APP, *, options: dict[str, str] | None = None
    ) -> psycopg.Connection[tuple[object, ...]]:
        """A new session, in autocommit. ``options`` are server settings given at startup.

        Raises SandboxLost when the server is gone.
        """
        ...

    def provide(self, roles: Sequence[str]) -> None:
        """Make the roles that migrations name as owner or grantee, as far as they are missing, without login."""
        ...

    def create(self, name: str, template: str = "template1") -> None:
        """A database owned by ``app``; STRATEGY file_copy where the version has it.

        ``template1`` is empty; before version 15 its schema ``public`` belongs to ``app``.
        """
        ...

    def drop(self, name: str) -> None:
        """Ends its sessions and drops it; one that is gone already is no error."""
        ...

    def save(self, target: Path) -> bool:
        """Write the whole stopped cluster to one file, atomically, and go on running. False: cannot (docker, server URL).

        Ends every session.
        """
        ...

    def terminate(self, pid: int) -> None:
        """End another session (``pg_terminate_backend``), as the superuser."""
        ...

    def is_alive(self) -> bool: ...

    def why_lost(self) -> str:
        """The last that is known of a server that is gone, as half a sentence."""
        ...

    def kill(self) -> None:
        """End the server at once (SIGKILL), from any thread."""
        ...


class Database:
    """One database of a server."""

    def __init__(self, server: Server, name: str):
        self.server = server
        self.name = name

    def connect(
        self, role: Role = Role.APP, *, options: dict[str, str] | None = None
    ) -> psycopg.Connection[tuple[object, ...]]:
        return self.server.connect(self.name, role, options=options)

    def copy(self, name: str) -> Database:
        """A copy with all rows, which stays until the server goes. Nobody may be connected to the original meanwhile."""
        self.server.create(name, template=self.name)
        return Database(self.server, name)

    @contextmanager
    def clone(self, name: str) -> Iterator[Database]:
        """The same, dropped at the end."""
        copy = self.copy(name)
        try:
            yield copy
        finally:
            self.server.drop(name)
