"""One project's whole history, without the door and through it: what was said, what came of it, and how long it took."""

from __future__ import annotations

import os
import statistics
import subprocess
import time
from dataclasses import dataclass, field, replace
from urllib.parse import quote

from benchmarks.frameworks.logged import Sessions, differences, everything_logged, heard, logged
from benchmarks.frameworks.project import Project, Where
from checks import catalog
from checks.catalog import Catalog
from checks.model.migrations import History
from checks.progress import silent
from checks.replay.base import base_state
from checks.sandbox.cluster import Cluster
from checks.sandbox.server import Database, Role
from checks.settings import Limits, Settings
from checks.trees.directory import DirectoryTree
from checks.wire.bookkeeping import BESIDE, BOOKS, entry_of
from checks.wire.command import variables
from checks.wire.history import history_of
from checks.wire.proxy import listening
from checks.wire.recorded import Recorded

LONGEST_SECONDS = 1800


@dataclass
class Row:
    framework: str
    repository: str
    migrations: int = 0
    """Lines that the tool wrote into its own table."""
    files: int = 0
    """Migrations whose file was found, of those that did anything."""
    histories: int = 0
    """Migrations that did anything."""
    statements: int = 0
    """By the server's log."""
    lost: int = 0
    different: int = 0
    schema: int = 0
    """Objects that differ from the schema without the door."""
    replayed: int = 0
    """Objects that differ when what was heard is run again as a history, migration by migration."""
    direct_seconds: float = 0.0
    heard_seconds: float = 0.0
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Run:
    seconds: float
    error: str
    logged: Sessions
    recorded: tuple[Recorded, ...] = ()
    catalog: Catalog = field(default_factory=lambda: Catalog({}))


def measure(framework: str, project: Project, server: Cluster, runs: int) -> Row:
    """The times are medians of ``runs``; everything else is of the first."""
    pairs = [(_direct(project, server), _heard(project, server)) for _ in range(runs)]
    direct, door = pairs[0]
    row = Row(framework, project.repository)
    row.direct_seconds, row.heard_seconds = (
        statistics.median(run.seconds for run in column) for column in zip(*pairs, strict=True)
    )
    unlike = differences(heard(door.recorded), door.logged)
    row.statements = sum(map(len, door.logged))
    row.lost = sum(bool(one.lost) for one in door.recorded)
    row.different = len(unlike)
    row.schema = len(catalog.compare(direct.catalog, door.catalog))
    row.notes += [f"heard {one[:200]!r}, logged {other[:200]!r}" for one, other in unlike[:5]]
    row.notes += [f"{name}: {run.error}" for name, run in (("direct", direct), ("heard", door)) if run.error]
    _take_apart(row, project, door, server)
    return row


def _take_apart(row: Row, project: Project, door: _Run, server: Cluster) -> None:
    """What was heard, as a history, and that history run again."""
    tree = DirectoryTree(project.files, "files")
    history = history_of(door.recorded, tree)
    entries = (entry_of(one.sql) for one in door.recorded if one.error is None)
    row.migrations = len({entry.version for entry in entries if entry})
    row.histories = len(history.migrations)
    there = frozenset(tree.paths())
    row.files = sum(one.path in there for one in history.migrations)
    differing, failures = _again(project, history, door.catalog, server)
    row.replayed = len(differing)
    row.notes += [f"replayed: {one}" for one in (*differing[:5], *failures[:5])]


def _again(
    project: Project, history: History, wanted: Catalog, server: Cluster
) -> tuple[list[str], list[str]]:
    settings = Settings(
        provider=server.info.provider,
        postgres=server.version // 10_000,
        extensions=project.extensions,
        # Part of what a base state is kept under: nothing that an earlier run has kept is taken for this one.
        parameters={"application_name": f"frameworks {time.time()}"},
        limits=Limits(total_seconds=LONGEST_SECONDS),
    )
    tree = DirectoryTree(project.files, "files")
    with base_state([history], tree, settings, silent, catalog.describe) as state:
        made = catalog.read_all(state.database).catalog
        failures = [f"{one.path}:{one.line}: {one.message}" for one in state.failures]
    return [one for one in map(str, catalog.compare(made, wanted)) if not _is_a_book(one)], failures


def _is_a_book(difference: str) -> bool:
    """The tool's own tables are no part of a history."""
    return any(name in difference.lower() for name in (*BOOKS, *BESIDE))


def _direct(project: Project, server: Cluster) -> _Run:
    _create(project, server, "direct")
    with everything_logged(server, "direct") as log_from:
        seconds, error = _run(project, _over_the_socket(server, "direct"))
    return _ended(server, "direct", _Run(seconds, error, logged(server, log_from)))


def _heard(project: Project, server: Cluster) -> _Run:
    _create(project, server, "heard")
    with everything_logged(server, "heard") as log_from, listening(server.address) as proxy:
        seconds, error = _run(project, variables(proxy.port, server, "heard"))
    return _ended(server, "heard", _Run(seconds, error, logged(server, log_from), proxy.recorded))


def _ended(server: Cluster, name: str, run: _Run) -> _Run:
    """With the schema that is there now; the database is not needed any more."""
    made = catalog.read_all(Database(server, name)).catalog
    server.drop(name)
    return replace(run, catalog=made)


def _create(project: Project, server: Cluster, name: str) -> None:
    server.create(name)
    with server.connect(name, Role.ADMIN) as admin:
        for extension in project.extensions:
            admin.execute(f'CREATE EXTENSION "{extension}" SCHEMA public'.encode())


def _run(project: Project, where: Where) -> tuple[float, str]:
    """Seconds, and the end of what it said when it failed."""
    start = time.perf_counter()
    done = subprocess.run(
        project.migrate,
        cwd=project.folder,
        env={**os.environ, **where, **project.more(where)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        timeout=LONGEST_SECONDS,
        check=False,
    )
    failed = f"ended with {done.returncode}: {done.stdout.strip()[-1500:]}" if done.returncode else ""
    return time.perf_counter() - start, failed


def _over_the_socket(server: Cluster, database: str) -> Where:
    """The same variables for the server's own socket; Java goes there through junixsocket."""
    host, port = server.address.host, server.address.port
    where = variables(int(port), server, database)
    factory = "socketFactory=org.newsclub.net.unix.AFUNIXSocketFactory$FactoryArg"
    jdbc = f"jdbc:postgresql://localhost/{database}?{factory}&socketFactoryArg={host}/.s.PGSQL.{port}"
    login = f"user={where['PGUSER']}&password={quote(where['PGPASSWORD'])}"
    url = f"postgresql://{where['PGUSER']}:{quote(where['PGPASSWORD'])}@/{database}?host={quote(host, '')}"
    return {
        **where,
        **dict.fromkeys(("PGHOST", "DB_HOST", "POSTGRES_HOST"), host),
        **dict.fromkeys(("DATABASE_URL", "POSTGRES_URL"), url),
        **dict.fromkeys(("FLYWAY_URL", "LIQUIBASE_COMMAND_URL"), jdbc),
        "JDBC_DATABASE_URL": f"{jdbc}&{login}",
    }
