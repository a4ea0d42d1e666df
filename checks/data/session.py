"""The session that fills: the migrations' own role, with replication rules, and no superuser anywhere.

Defaults, CHECK functions and index expressions of the base state run whenever a row is inserted, so a superuser
who inserts hands over the server. ``session_replication_role = replica`` (no triggers, no rules, no foreign key
checks) is a superuser's setting, but a superuser may set it *for* another role: ``ALTER ROLE … IN DATABASE … SET``
is applied at login whoever logs in, on every version (PostgreSQL docs, ALTER ROLE). The setting is taken back as
soon as the one session has it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import sql

from checks.data.facts import Connection
from checks.errors import SandboxLost
from checks.model.observations import SqlError
from checks.replay.session import Session
from checks.sandbox.server import Database, Role
from checks.sandbox.sessions import MAINTENANCE
from checks.settings import Settings

STATEMENT_SECONDS = 10
"""One INSERT: what a CHECK function of the base may take before its table is given up."""


@contextmanager
def filling_session(database: Database, role: str, search_path: str | None) -> Iterator[Connection]:
    """A session as ``role``, which is ``app``, for which no trigger fires.

    Its ``search_path`` is the database's own unless one is given: code of the base relies on it.
    """
    options = {"statement_timeout": f"{STATEMENT_SECONDS}s", "jit": "off", "client_min_messages": "error"}
    if search_path is not None:
        options["search_path"] = search_path
    with without_triggers(database, role):
        session = database.connect(Role.APP, options=options)
    with session:
        try:
            yield session
        except psycopg.OperationalError as error:
            if not session.broken:
                raise
            raise SandboxLost(f"PostgreSQL was lost while tables were filled: {error}") from error


@contextmanager
def without_triggers(database: Database, role: str) -> Iterator[None]:
    """Sessions of ``role`` that begin meanwhile have replication rules, to their end."""
    setting = sql.SQL("ALTER ROLE {} IN DATABASE {} {} session_replication_role{}").format
    names = sql.Identifier(role), sql.Identifier(database.name)
    with database.server.connect(MAINTENANCE, Role.ADMIN) as admin:
        admin.execute(setting(*names, sql.SQL("SET"), sql.SQL(" = 'replica'")))
        try:
            yield
        finally:
            admin.execute(setting(*names, sql.SQL("RESET"), sql.SQL("")))


@contextmanager
def past_row_security(database: Database, role: str) -> Iterator[None]:
    """Lets ``role`` write rows that the policies of FORCE ROW LEVEL SECURITY tables would refuse, for a while."""
    change = sql.SQL("ALTER ROLE {} {}").format
    with database.server.connect(MAINTENANCE, Role.ADMIN) as admin:
        admin.execute(change(sql.Identifier(role), sql.SQL("BYPASSRLS")))
        try:
            yield
        finally:
            admin.execute(change(sql.Identifier(role), sql.SQL("NOBYPASSRLS")))


def run_seed(database: Database, seed: str, settings: Settings) -> SqlError | None:
    """Run the user's own rows as a migration would be run, all or nothing; what the server said against it."""
    with Session(database, settings) as session:
        reply = session.run(seed)
    if reply.error is None or reply.position is None:
        return reply.error
    return reply.error.model_copy(update={"line": seed.count("\n", 0, reply.position - 1) + 1})
