"""A database behind the proxy, and the server's own log of what was run there."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from psycopg.conninfo import make_conninfo

from checks.model.migrations import Statement
from checks.sandbox import Role, Server
from checks.sandbox.cluster import Cluster
from checks.sql.split import split
from checks.wire.proxy import Proxy, listening

LOGGED = re.compile(
    r"^\S+ \S+ UTC \[\d+\] LOG:  (?:statement|execute (?!fetch from)[^:]*): (.*?)\n(?=\d{4}-\d\d-\d\d |\Z)",
    re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True)
class Ear:
    proxy: Proxy
    server: Cluster
    database: str
    log_from: int

    @property
    def conninfo(self) -> str:
        """To the proxy."""
        return make_conninfo(
            "",
            host="127.0.0.1",
            port=self.proxy.port,
            dbname=self.database,
            user="app",
            password=self.password,
        )

    @property
    def password(self) -> str:
        return str(self.server.address.passwords[Role.APP])

    def heard(self) -> list[str]:
        """The statements as the clients sent them, in the order in which they were asked."""
        return [
            " ".join(one.sent.split()) for one in sorted(self.proxy.recorded, key=lambda one: one.started)
        ]

    def logged(self) -> list[str]:
        """The same by the server's log (log_statement = all)."""
        text = self.server._cage.log.read_text()[self.log_from :]
        entries = [match[1].replace("\n\t", "\n") for match in LOGGED.finditer(text)]
        statements: list[Statement] = [one for entry in entries for one in split(entry, "", 1)]
        return [" ".join(one.sql.split()) for one in statements]


@contextmanager
def ear(server: Server) -> Iterator[Ear]:
    """A fresh database whose statements the server logs, and the proxy before it."""
    assert isinstance(server, Cluster)
    name = f"wire_{uuid.uuid4().hex[:12]}"
    server.create(name)
    for setting in ("log_statement = 'all'", "log_min_messages = 'log'"):
        server.admin().execute(f"ALTER ROLE app IN DATABASE {name} SET {setting}".encode())
    try:
        with listening(server.address) as proxy:
            yield Ear(proxy, server, name, len(server._cage.log.read_text()))
    finally:
        server.drop(name)
