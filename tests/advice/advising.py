"""Advice on the server that the tests share, through the parts of the engine that give it."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from checks import catalog, data, rules
from checks.advice import Bounds, with_advice
from checks.change import compare_histories
from checks.frameworks.find import find_histories
from checks.model.findings import Finding
from checks.progress import silent
from checks.reporting import Ground, Reviewed
from checks.rules.review import Review
from checks.sandbox import Database, Server
from checks.settings import Settings
from checks.state import State
from checks.trees.tree import MemoryTree
from checks.validate import _run, run_all

PATH = "db/migrations/0002_change.sql"
GOOSE = "-- +goose Up\n{up}\n-- +goose Down\n{down}\n"
SETTINGS = Settings()


@dataclass
class Proving:
    """A change that was reviewed, on the state before it."""

    reviewed: Reviewed
    findings: tuple[Finding, ...]
    state: State
    head: MemoryTree

    def advised(self) -> tuple[Finding, ...]:
        return with_advice(
            self.reviewed, self.findings, self.state, self.head, silent, Bounds(), run_all
        ).findings


@contextmanager
def proving(
    database: Database,
    head: Mapping[str, str],
    base: Mapping[str, str] = {},
    settings: Settings = SETTINGS,
    *,
    rows: bool = False,
) -> Iterator[Proving]:
    """``database`` has the schema and rows that the base leads to, and keeps them.

    ``rows``: they count as synthetic ones, and what fails on them is run without them, too.
    """
    histories = (find_histories(MemoryTree(files), settings) for files in (base, head))
    (change,) = compare_histories(*histories)
    filled = data.fill(database, 0, tables=(), seed=None, settings=settings)
    ground = Ground(database.server.info, 0, 0, (), filled)
    with database.clone("without_rows") as without_rows:
        synthetic = _without_rows(without_rows) if rows else filled.rows
        state = State(database, without_rows, settings, catalog.read_all(database), synthetic, ground)
        steps = tuple(_run(changed, change, state, silent) for changed in change.pending)
        review = Review(change, settings, steps, base=state.live, postgres=database.server.version)
        findings = rules.check([review])
        yield Proving(Reviewed(review, (ground,), findings), findings, state, MemoryTree(head))


@contextmanager
def filled(server: Server, setup: str) -> Iterator[Database]:
    """One for all the tests of a file, none of which changes it."""
    name = f"advising_{uuid.uuid4().hex[:12]}"
    server.create(name)
    fill(Database(server, name), setup)
    yield Database(server, name)
    server.drop(name)


def _without_rows(database: Database) -> dict[str, int]:
    """Empty all tables; how many rows each had."""
    there = data.fingerprint(database).tables
    fill(database, f"TRUNCATE {', '.join(there)}")
    return {name: table.rows for name, table in there.items()}


def goose(up: str, down: str = "SELECT 1;") -> dict[str, str]:
    return {PATH: GOOSE.format(up=up, down=down)}


def fill(database: Database, setup: str) -> None:
    with database.connect() as connection:
        connection.execute(setup.encode())
