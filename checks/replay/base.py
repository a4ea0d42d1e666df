"""A database at the base state: what production looks like before the change is deployed.

The state is the end of a chain of steps: the tool's own tables, a prelude, each migration of the base. Each link
has a hash over all that came before it, under which the stopped cluster is kept, so that only steps that
were never run on this machine cost time. Which steps failed is kept inside the cluster, where only its superuser
looks, so that it comes and goes with it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from psycopg import sql

from checks import sandbox
from checks.frameworks.psql import read_psql
from checks.model import History, Migration, Problem, Script, SqlError, Statement, TransactionMode
from checks.progress import Progress
from checks.replay.lacks import what_the_base_lacks, what_the_sandbox_lacks
from checks.replay.play import play
from checks.replay.session import Session
from checks.sandbox.server import Database, Role, Server
from checks.sandbox.sessions import MAINTENANCE, NAMES
from checks.sandbox.store import Store
from checks.settings import Settings
from checks.sql.parse import command_tag
from checks.sql.roles import named_roles
from checks.sql.split import split
from checks.trees.tree import Tree, read_text

RECIPE = "2"
"""Part of every hash: another one whenever a base state is built in another way."""
NAME = "base"
STORE_BYTES = 2 << 30
_CHANGES_NEW_SESSIONS = frozenset({"ALTER DATABASE", "ALTER ROLE", "SET SESSION AUTHORIZATION"})


@dataclass(frozen=True)
class BaseState:
    """A running server with the base state in one database, to which nobody is connected."""

    database: Database
    settings: Settings
    """With the search path that the tool's sessions have."""
    migrations: int
    cached: int
    """How many of the migrations did not have to run."""
    failures: tuple[Problem, ...]
    """Steps of the base that failed or cannot be run: the state is then not quite production's."""

    @property
    def server(self) -> Server:
        return self.database.server


@dataclass(frozen=True)
class Link:
    """One step of the chain."""

    content: str
    """What its hash is made of."""
    path: str
    script: Script | None
    is_migration: bool = False
    opaque: str | None = None
    line: int = 1
    forgiving: bool = False
    """Statement by statement, past the ones that fail (a dump names owners and comments that are not ours)."""


@contextmanager
def base_state(
    histories: Sequence[History],
    tree: Tree,
    settings: Settings,
    progress: Progress,
    *,
    also_named: Sequence[Statement] = (),
) -> Iterator[BaseState]:
    """A server whose database has the given histories applied, one after the other.

    ``tree`` is where prelude and schema file are read from; the roles that ``also_named`` statements name are
    provided too. Raises SandboxError, and FileError when prelude or schema file cannot be read.
    """
    links = [*_links(histories, tree, settings)]
    settings = _with_what_tools_set(settings, histories)
    store = Store(sandbox.cache_directory() / "base", STORE_BYTES)
    start = _Start(store, links, settings)
    with sandbox.open_server(settings, snapshot=start.snapshot, progress=progress) as server:
        database = Database(server, NAME)
        _provide_roles(database, links[start.done :], also_named, settings, exists=bool(start.done))
        failures = _recall(server) if start.done else ()
        failures += _replay(database, links[start.done :], settings, progress)
        if start.done < len(links) and start.keys:
            progress("keeping the base state for the next run")
            _remember(server, failures)
            store.put(start.keys[-1], server)
        yield BaseState(
            database=database,
            settings=settings,
            migrations=sum(link.is_migration for link in links),
            cached=sum(link.is_migration for link in links[: start.done]),
            failures=(*_opaque(links), *failures),
        )


class _Start:
    """From which link on the chain has to run, once it is known on which server."""

    def __init__(self, store: Store, links: Sequence[Link], settings: Settings):
        self._store = store
        self._links = links
        self._settings = settings
        self.keys: list[str] = []
        self.done = 0

    def snapshot(self, server_identity: str) -> Path | None:
        """The saved cluster to go on from, if there is one of this kind of server."""
        self.keys = _hash_chain(server_identity, self._settings, self._links)
        found = self._store.find(self.keys)
        if found is None:
            self.done = 0
            return None
        self.done = found[0] + 1
        self._store.touch(self.keys[found[0]])
        return found[1]


def _hash_chain(server_identity: str, settings: Settings, links: Sequence[Link]) -> list[str]:
    first = (
        RECIPE,
        server_identity,
        settings.search_path,
        sorted(settings.parameters.items()),
        settings.roles,
    )
    key = repr(first)
    keys = []
    for link in links:
        key = hashlib.sha256(f"{key}\0{link.content}".encode()).hexdigest()
        keys.append(key)
    return keys


def _links(histories: Sequence[History], tree: Tree, settings: Settings) -> Iterator[Link]:
    yield _given(settings)
    if settings.prelude:
        yield _file(tree, settings.prelude)
    made: set[tuple[str, ...]] = set()
    for history in histories:
        if history.bookkeeping not in made:  # two folders of one tool in one database share it
            made.add(history.bookkeeping)
            yield _own_table(history)
        if settings.schema_file:
            continue
        for migration in history.migrations:
            yield _migration(history.tool, migration)
    if settings.schema_file:
        yield _file(tree, settings.schema_file)


def _given(settings: Settings) -> Link:
    """Schemas and extensions that the configuration says are there."""
    commands = [f"CREATE SCHEMA IF NOT EXISTS {_quoted(name)}" for name in settings.schemas]
    commands += [f"CREATE EXTENSION IF NOT EXISTS {_quoted(name)}" for name in settings.extensions]
    return _commands("configuration", commands)


def _own_table(history: History) -> Link:
    return _commands(f"{history.tool}'s own tables", history.bookkeeping)


def _commands(path: str, commands: Sequence[str]) -> Link:
    text = ";\n".join(commands)
    return Link(text, path, Script(statements=split(text, path), transaction=TransactionMode.AUTOCOMMIT))


def _file(tree: Tree, path: str) -> Link:
    text = read_text(tree, path)
    script = Script(statements=split(read_psql(text).sql, path), transaction=TransactionMode.AUTOCOMMIT)
    return Link(text, path, script, forgiving=True)


def _migration(tool: str, migration: Migration) -> Link:
    mode = migration.up.transaction if migration.up else ""
    content = f"{tool}\0{migration.path}\0{migration.version}\0{mode}\0{migration.digest}"
    return Link(content, migration.path, migration.up, True, migration.opaque, migration.opaque_line)


def _with_what_tools_set(settings: Settings, histories: Sequence[History]) -> Settings:
    paths = [history.search_path for history in histories if history.search_path]
    roles = dict.fromkeys([*settings.roles, *(role for history in histories for role in history.roles)])
    return settings.model_copy(
        update={"search_path": settings.search_path or next(iter(paths), None), "roles": tuple(roles)}
    )


def _provide_roles(
    database: Database, links: Sequence[Link], also: Sequence[Statement], settings: Settings, *, exists: bool
) -> None:
    """Make the roles that what will run names, and the database when it is not there yet."""
    named = set(named_roles(also))
    for link in links:
        if link.script:
            named |= named_roles(link.script.statements)
    roles = [*settings.roles, *(role for role in sorted(named) if _may_be_made(role))]
    database.server.provide(roles)
    if not exists:
        database.server.create(database.name)
        return
    with database.connect() as app:
        for role in roles:
            app.execute(sql.SQL("GRANT CREATE, USAGE ON SCHEMA public TO {}").format(sql.Identifier(role)))


def _may_be_made(role: str) -> bool:
    """PostgreSQL keeps names that begin with ``pg_`` for itself; the sandbox's own are there already."""
    return not role.startswith("pg_") and role not in NAMES.values()


def _replay(
    database: Database, links: Sequence[Link], settings: Settings, progress: Progress
) -> tuple[Problem, ...]:
    failures: list[Problem] = []
    sessions = _Sessions(database, settings)
    try:
        for position, link in enumerate(links):
            progress("replaying the base", position, len(links))
            if link.script and link.script.statements:
                failures += _run(sessions, link, link.script)
    finally:
        sessions.close()
    return tuple(failures)


def _run(sessions: _Sessions, link: Link, script: Script) -> Iterator[Problem]:
    statements = script.statements
    mode = script.transaction
    if mode is TransactionMode.ALL_PENDING:
        mode = TransactionMode.TRANSACTION  # it was deployed by itself, some time ago
    left = list(statements)
    while left:
        last = play(sessions.fresh(), left, mode)[-1]
        sessions.used(left)
        if last.error:
            yield _failure(link, left[last.index], last.error)
        if not (last.error and link.forgiving):
            return
        left = left[last.index + 1 :]


def _remember(server: Server, failures: Sequence[Problem]) -> None:
    with server.connect(MAINTENANCE, Role.ADMIN) as admin:
        admin.execute("CREATE TABLE IF NOT EXISTS public.base_failures (problem text)")
        admin.execute("DELETE FROM public.base_failures")
        for problem in failures:
            admin.execute("INSERT INTO public.base_failures VALUES (%s)", [problem.model_dump_json()])


def _recall(server: Server) -> tuple[Problem, ...]:
    with server.connect(MAINTENANCE, Role.ADMIN) as admin:
        rows = admin.execute("SELECT problem FROM public.base_failures").fetchall()
    return tuple(Problem.model_validate_json(str(problem)) for (problem,) in rows)


class _Sessions:
    """One session for many migrations, made as good as new between them."""

    def __init__(self, database: Database, settings: Settings):
        self._database = database
        self._settings = settings
        self._session: Session | None = None

    def fresh(self) -> Session:
        """A session as a tool would open it. Reused where ``DISCARD ALL`` (PostgreSQL docs, DISCARD) makes it new."""
        if self._session is not None:
            if not self._session.in_transaction and self._session.run("DISCARD ALL").error is None:
                return self._session
            self.close()
        self._session = Session(self._database, self._settings)
        return self._session

    def used(self, statements: Sequence[Statement]) -> None:
        """Settings of a database or role are read when a session starts, so a later one has to be a new one."""
        if any(command_tag(statement.sql) in _CHANGES_NEW_SESSIONS for statement in statements):
            self.close()

    def close(self) -> None:
        if self._session is not None:
            self._session.close()
            self._session = None


def _opaque(links: Sequence[Link]) -> tuple[Problem, ...]:
    return tuple(
        Problem(rule="base-step-skipped", path=link.path, line=link.line, message=link.opaque)
        for link in links
        if link.opaque
    )


def _failure(link: Link, statement: Statement, error: SqlError) -> Problem:
    remedy = what_the_sandbox_lacks(error) or what_the_base_lacks(error) or ""
    message = f"fails when the base is replayed: {error.message} (SQLSTATE {error.sqlstate}). {remedy}"
    return Problem(
        rule="base-step-failed",
        path=statement.path,
        line=error.line or statement.line,
        message=message.strip(),
    )


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
