"""Run the files on an empty database, supply what PostgreSQL misses, and run them again, until nothing is missing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from checks import sandbox
from checks.assume.mentions import named_relations, types_before
from checks.assume.miss import Miss
from checks.assume.missing import supply
from checks.assume.schema import Schema
from checks.model.migrations import Script, TransactionMode
from checks.model.observations import SqlError
from checks.progress import Progress
from checks.replay.session import Session
from checks.sandbox.server import Database, Role, Server
from checks.settings import Settings
from checks.sql.parse import command_tag
from checks.sql.roles import named_roles

MOST_ROUNDS = 200
"""Each round supplies one thing: a file that takes more for granted than this is shown as far as it got."""
NAME = "assumed"
_SKIPPED = re.compile(r"NOTICE: (?P<what>.+ does not exist), skipping")
_STATES = (("schema", "3F000"), ("column", "42703"), ("relation", "42P01"), ("table", "42P01"), ("view", "42P01"),
           ("materialized view", "42P01"), ("sequence", "42P01"))  # fmt: skip


def discover(scripts: Sequence[Script], settings: Settings, progress: Progress) -> Schema:
    """What has to be there before the scripts can run. Raises SandboxError."""
    with sandbox.open_server(settings, progress=progress) as server:
        return discover_on(server, scripts, settings, progress)


def discover_on(server: Server, scripts: Sequence[Script], settings: Settings, progress: Progress) -> Schema:
    """The same on a server that is there already."""
    statements = [statement for script in scripts for statement in script.statements]
    server.provide([*settings.roles, *sorted(named_roles(statements))])
    schema = Schema(
        named=frozenset(named_relations(statements)),
        given=dict(types_before(statements)),
        built_in=_built_in(server),
    )
    for done in range(MOST_ROUNDS):
        progress("finding out what the file takes for granted", done)
        misses = missed(server, schema, scripts, settings)
        if not any(supply(schema, miss) for miss in misses):
            break
    return schema


def missed(server: Server, schema: Schema, scripts: Sequence[Script], settings: Settings) -> list[Miss]:
    """What PostgreSQL skips because it is not there, up to the first statement that it refuses."""
    found: list[Miss] = []
    with _empty_database(server) as database, Session(database, settings) as session:
        for sql in [*schema.statements(), *_as_sent(scripts)]:
            reply = session.run(sql)
            skipped = (error for _, text in reply.notices for error in _skipped(text))
            found += [Miss(sql, command_tag(sql), error, skipped=True) for error in skipped]
            if reply.error:
                found.append(Miss(sql, command_tag(sql), reply.error, reply.position))
                break
    return found


@contextmanager
def _empty_database(server: Server) -> Iterator[Database]:
    server.create(NAME)
    try:
        yield Database(server, NAME)
    finally:
        server.drop(NAME)


def _as_sent(scripts: Sequence[Script]) -> Iterator[str]:
    """What refuses a transaction stands alone where a tool sends it as a part of one query."""
    for script in scripts:
        alone = script.transaction is TransactionMode.AUTOCOMMIT or len(script.statements) == 1
        statements = [statement.sql for statement in script.statements]
        yield from statements if alone else ["BEGIN", *statements, "COMMIT"]


def _built_in(server: Server) -> frozenset[str]:
    """Names of the functions that PostgreSQL has by itself."""
    with _empty_database(server) as database, database.connect(Role.OBSERVER) as connection:
        return frozenset(str(name) for (name,) in connection.execute("SELECT DISTINCT proname FROM pg_proc"))


def _skipped(notice: str) -> Iterator[SqlError]:
    """IF EXISTS of something that is not there, as the error that it would be without."""
    if found := _SKIPPED.fullmatch(notice):
        what = found["what"]
        state = next((state for word, state in _STATES if what.startswith(f'{word} "')), "42704")
        yield SqlError(sqlstate=state, message=what)
