"""The state on which a migration runs: the base, with rows in the tables that the change touches."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from checks import catalog, data
from checks.catalog import Catalog, Reading
from checks.model.migrations import Change, ChangedMigration, History, Statement
from checks.production.timing import Timing
from checks.progress import Progress
from checks.replay.base import base_state
from checks.replay.execute import execute
from checks.reporting import Ground
from checks.rules.review import Step
from checks.sandbox.server import Database, Server
from checks.settings import Settings
from checks.sql.mentions import words
from checks.trees import Tree
from checks.trees.tree import read_text


@dataclass(frozen=True)
class State:
    """What is there before the next migration."""

    database: Database
    """With rows, until a migration fails on them."""
    without_rows: Database
    """The same schema, with no synthetic row in it."""
    settings: Settings
    reading: Reading
    """The schema before the first new migration."""
    rows: Mapping[str, int]
    """Of the tables that were filled, also when no row is left: so many would be there in production."""
    ground: Ground
    timing: Timing | None = None
    """Of a review with production's statistics."""
    emptied_by: str | None = None
    """The file of the migration that fails on rows, from which on there are none."""

    @property
    def live(self) -> Catalog:
        """Nobody can be waiting for what is not in it."""
        return self.reading.catalog

    @property
    def server(self) -> Server:
        return self.database.server

    @contextmanager
    def copied(self, name: str) -> Iterator[State]:
        """The same in copies, for who runs migrations and leaves this one as it is."""
        with self.database.clone(name) as rows, self.without_rows.clone(f"{name}_without_rows") as without:
            yield replace(self, database=rows, without_rows=without)

    def behind(self, changed: ChangedMigration) -> State | None:
        """The state that this migration leaves to the next one; None when it does not get through at all."""
        up = changed.migration.up
        if up is None or not execute(self.without_rows, [up], self.settings).committed:
            return None
        if self.database is self.without_rows or execute(self.database, [up], self.settings).committed:
            return self
        return replace(self, database=self.without_rows, emptied_by=changed.migration.path)


@contextmanager
def state_before(
    pending: Sequence[ChangedMigration],
    histories: Sequence[History],
    tree: Tree,
    settings: Settings,
    progress: Progress,
) -> Iterator[State]:
    """Everything that has to be there before the first statement of the pending migrations runs.

    Raises SandboxError, and FileError when prelude, seed or schema file cannot be read.
    """
    statements = _statements(pending)
    with base_state(histories, tree, settings, progress, catalog.describe, also_named=statements) as base:
        progress("filling the tables that the change touches")
        seed = read_text(tree, settings.seed) if settings.seed else None
        without_rows = base.database.copy("without_rows")
        touched = data.touched_tables(base.database, words(statements))
        filled = data.fill(base.database, settings.rows, tables=touched, seed=seed, settings=base.settings)
        yield State(
            database=base.database,
            without_rows=without_rows,
            settings=base.settings,
            reading=catalog.from_text(base.description),
            rows=filled.rows,
            ground=Ground(base.server.info, base.migrations, base.cached, base.failures, filled),
        )


Run = Callable[[Change, State, Progress], list[Step]]
"""``checks.validate``'s own way to take the new migrations of a change through the sandbox; the state stays as it is."""


def _statements(pending: Sequence[ChangedMigration]) -> list[Statement]:
    scripts = [script for one in pending for script in (one.migration.up, one.migration.down) if script]
    return [statement for script in scripts for statement in script.statements]
