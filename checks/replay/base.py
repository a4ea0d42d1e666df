"""A database at the base state: what production looks like before the change is deployed.

The state is the end of a chain of steps: the tool's own tables, a prelude, each migration of the base. Each link
has a hash over all that came before it, under which the stopped cluster is kept, so that only steps that
were never run on this machine cost time. Which steps failed, and a description of the schema, are kept inside the
cluster, where only its superuser looks, so that they come and go with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from psycopg import sql

from checks import sandbox
from checks.model.migrations import History, Problem, Statement
from checks.progress import Progress
from checks.replay.chain import Link, hash_chain, links
from checks.replay.steps import replay
from checks.sandbox.server import Database, Role, Server
from checks.sandbox.sessions import MAINTENANCE, NAMES
from checks.sandbox.store import Store
from checks.settings import Settings
from checks.sql.roles import named_roles
from checks.trees.tree import Tree

NAME = "base"
STORE_BYTES = 2 << 30


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
    description: str
    """What ``describe`` said of the database when it had just been built."""

    @property
    def server(self) -> Server:
        return self.database.server


@contextmanager
def base_state(
    histories: Sequence[History],
    tree: Tree,
    settings: Settings,
    progress: Progress,
    describe: Callable[[Database], str],
    *,
    also_named: Sequence[Statement] = (),
) -> Iterator[BaseState]:
    """A server whose database has the given histories applied, one after the other.

    ``tree`` is where prelude and schema file are read from; the roles that ``also_named`` statements name are
    provided too. ``describe`` (``catalog.describe``, which is above this package) is asked once for each state, and not
    again when it comes from the cache, whoever made it. Raises SandboxError, and FileError when prelude or schema file
    cannot be read.
    """
    chain = [*links(histories, tree, settings)]
    settings = _with_what_tools_set(settings, histories)
    store = Store(sandbox.cache_directory() / "base", STORE_BYTES)
    start = _Start(store, chain, settings)
    with sandbox.open_server(settings, snapshot=start.snapshot, progress=progress) as server:
        database = Database(server, NAME)
        _provide_roles(database, chain[start.done :], also_named, settings, exists=bool(start.done))
        failures, description = _recall(server) if start.done else ((), "")
        if start.done < len(chain):
            failures += replay(database, chain[start.done :], settings, progress)
            description = describe(database)
            if start.keys:
                progress("keeping the base state for the next run")
                _remember(server, failures, description)
                store.put(start.keys[-1], server)
        yield BaseState(
            database=database,
            settings=settings,
            migrations=sum(link.is_migration for link in chain),
            cached=sum(link.is_migration for link in chain[: start.done]),
            failures=(*_opaque(chain), *failures),
            description=description,
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
        self.keys = hash_chain(server_identity, self._settings, self._links)
        found = self._store.find(self.keys)
        if found is None:
            self.done = 0
            return None
        self.done = found[0] + 1
        self._store.touch(self.keys[found[0]])
        return found[1]


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


def _remember(server: Server, failures: Sequence[Problem], description: str) -> None:
    texts = [problem.model_dump_json() for problem in failures]
    with server.connect(MAINTENANCE, Role.ADMIN) as admin:
        admin.execute("DROP TABLE IF EXISTS public.base_state")
        admin.execute("CREATE TABLE public.base_state (failures text[], description text)")
        # Compressing costs more than the megabytes are worth.
        admin.execute("ALTER TABLE public.base_state ALTER description SET STORAGE EXTERNAL")
        admin.execute("INSERT INTO public.base_state VALUES (%s::text[], %s)", [texts, description])


def _recall(server: Server) -> tuple[tuple[Problem, ...], str]:
    with server.connect(MAINTENANCE, Role.ADMIN) as admin:
        row = admin.execute("SELECT to_json(failures), description FROM public.base_state").fetchone()
    assert row is not None  # ``_remember`` wrote it before the cluster was saved
    failures, description = row
    assert isinstance(failures, list)
    return tuple(Problem.model_validate_json(problem) for problem in failures), str(description)


def _opaque(links: Sequence[Link]) -> tuple[Problem, ...]:
    """Steps that cannot be run at all, and parts of steps that may have changed the schema."""
    whole = [(link.path, link.line, link.opaque) for link in links if link.opaque]
    parts = [
        (gap.path, gap.line, f"is code, and not run: {gap.reason}.")
        for link in links
        for gap in link.gaps
        if gap.direction == "up" and gap.kind == "code"
    ]
    return tuple(
        Problem(rule="base-step-skipped", path=path, line=line, message=message)
        for path, line, message in (*whole, *parts)
    )
