"""Run the files on an empty database, supply what PostgreSQL misses, and run them again, until nothing is missing."""

from __future__ import annotations

import re
from collections.abc import Sequence

from checks import sandbox
from checks.assume.mentions import named_relations, types_before
from checks.assume.missing import Miss, supply
from checks.assume.schema import Schema
from checks.model import SqlError, Statement
from checks.progress import Progress
from checks.replay.session import Session
from checks.sandbox.server import Database, Server
from checks.settings import Settings
from checks.sql.parse import command_tag
from checks.sql.roles import named_roles

MOST_ROUNDS = 200
"""Each round supplies one thing: a file that takes more for granted than this is shown as far as it got."""
NAME = "assumed"
_SKIPPED = re.compile(r"NOTICE: (?P<what>.+ does not exist), skipping")
_STATES = (("schema", "3F000"), ("column", "42703"), ("relation", "42P01"), ("table", "42P01"), ("view", "42P01"),
           ("materialized view", "42P01"), ("sequence", "42P01"))  # fmt: skip


def discover(statements: Sequence[Statement], settings: Settings, progress: Progress) -> Schema:
    """What has to be there before the statements can run. Raises SandboxError."""
    with sandbox.open_server(settings, progress=progress) as server:
        return discover_on(server, statements, settings, progress)


def discover_on(
    server: Server, statements: Sequence[Statement], settings: Settings, progress: Progress
) -> Schema:
    """The same on a server that is there already."""
    schema = Schema(named=frozenset(named_relations(statements)), given=dict(types_before(statements)))
    server.provide([*settings.roles, *sorted(named_roles(statements))])
    for done in range(MOST_ROUNDS):
        progress("finding out what the file takes for granted", done)
        miss = _first_miss(server, schema, statements, settings)
        if miss is None or not supply(schema, miss):
            break
    return schema


def _first_miss(
    server: Server, schema: Schema, statements: Sequence[Statement], settings: Settings
) -> Miss | None:
    """The first statement that PostgreSQL refuses, or skips because what it names is not there."""
    server.create(NAME)
    try:
        with Session(Database(server, NAME), settings) as session:
            for sql in [*schema.statements(), *(statement.sql for statement in statements)]:
                reply = session.run(sql)
                error = reply.error or _skipped([text for _, text in reply.notices])
                if error is not None:
                    return Miss(sql, command_tag(sql), error, reply.position)
    finally:
        server.drop(NAME)
    return None


def _skipped(notices: Sequence[str]) -> SqlError | None:
    """IF EXISTS of something that is not there, as the error that it would be without."""
    for notice in notices:
        if found := _SKIPPED.fullmatch(notice):
            what = found["what"]
            state = next((state for word, state in _STATES if what.startswith(f'{word} "')), "42704")
            return SqlError(sqlstate=state, message=what)
    return None
