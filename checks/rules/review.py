"""What a rule looks at: each statement that ran, with what it asks for and what PostgreSQL did for it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from checks.catalog import Catalog
from checks.model import (
    Change,
    ChangedMigration,
    Lock,
    LockMode,
    Migration,
    Observation,
    RollbackProof,
)
from checks.rules.actions import Action, AddColumn, AddConstraint, DropTable, RenameTable, SetLockTimeout
from checks.rules.inferred import with_hidden
from checks.rules.schema import index_named
from checks.rules.statements import actions_in
from checks.settings import Settings

A = TypeVar("A", bound=Action)


@dataclass(frozen=True)
class Step:
    """One new migration, as it was run."""

    changed: ChangedMigration
    id: str
    observations: tuple[Observation, ...]
    """Of the up script, in order; ids are ``<id>/up/<n>``."""
    before: Catalog
    after: Catalog
    rows_before: dict[str, int]
    """Rows of each table that existed, when the migration ran; synthetic and seeded ones."""
    proof: RollbackProof

    @property
    def migration(self) -> Migration:
        return self.changed.migration


@dataclass(frozen=True)
class Review:
    """One change of one history, run."""

    change: Change
    steps: tuple[Step, ...]
    base: Catalog
    """The schema before the first new migration: a relation that is not in it is not live."""
    settings: Settings
    postgres: int
    """``server_version_num``."""

    @cached_property
    def runs(self) -> tuple[Run, ...]:
        """The statements of all steps that were sent to the server, in order."""
        live = frozenset(self.base.relations())
        runs: list[Run] = []
        for step in self.steps:
            own = _actions(step)
            for position, observation in enumerate(step.observations):
                if observation.ran:
                    run = Run(self, step, position, observation, own[position], live)
                    runs.append(run)
                    live = _live_after(run)
        return tuple(runs)

    def together(self, run: Run) -> tuple[Run, ...]:
        """The statements of its transaction, itself among them."""
        return self._transactions.get(_transaction(run), (run,))

    @cached_property
    def _transactions(self) -> dict[tuple[str, int | None], tuple[Run, ...]]:
        groups: defaultdict[tuple[str, int | None], list[Run]] = defaultdict(list)
        for run in self.runs:
            if run.observation.transaction is not None:
                groups[_transaction(run)].append(run)
        return {key: tuple(group) for key, group in groups.items()}


@dataclass(frozen=True, eq=False)
class Run:
    """One statement that was sent to the server."""

    review: Review
    step: Step
    position: int
    observation: Observation
    actions: tuple[Action, ...]
    """Also those inside a DO block or a function, as far as its text or the catalogs show them."""
    live: frozenset[str]
    """The relations that were there before the change, under the names they have by now."""

    @property
    def failed(self) -> bool:
        return self.observation.error is not None

    def each(self, *kinds: type[A]) -> Iterator[A]:
        return (action for action in self.actions if isinstance(action, kinds))

    def locate(self, name: str) -> str:
        """``schema.name`` of a relation that the statement names with or without its schema."""
        if "." in name:
            return name
        met = [lock.relation for lock in self.observation.locks]
        known = [*met, *self.step.before.relations(), *self.step.after.relations()]
        matches = [relation for relation in known if relation.split(".", 1)[-1] == name]
        return next(iter(sorted(matches, key=lambda relation: relation not in met)), f"public.{name}")

    def is_live(self, name: str) -> bool:
        return self.locate(name) in self.live

    def column_is_live(self, name: str, column: str) -> bool:
        """Whether the column of a live table was there before the change."""
        table = self.locate(name)
        added = (
            action
            for run in self.review.runs
            for action in run.each(AddColumn)
            if action.column == column and run.locate(action.relation) == table and run is not self
        )
        return table in self.live and not any(added)

    def lock(self, name: str) -> Lock | None:
        """The lock that this statement took on a relation."""
        relation = self.locate(name)
        return next((lock for lock in self.observation.locks if lock.relation == relation), None)

    def blocks(self, name: str, mode: LockMode) -> bool:
        """Whether it took at least this lock on a live relation."""
        lock = self.lock(name)
        return lock is not None and self.is_live(name) and lock.mode.strength >= mode.strength

    def live_locks(self, mode: LockMode) -> tuple[Lock, ...]:
        """Locks of at least this mode on live tables and materialized views."""
        return tuple(
            lock
            for lock in self.observation.locks
            if lock.mode.strength >= mode.strength
            and lock.relation_kind in ("table", "materialized view")
            and lock.relation in self.live
        )

    def rewrites(self, name: str) -> bool:
        return self.is_live(name) and self.locate(name) in self.observation.rewrites

    def scans(self, name: str) -> bool:
        return self.is_live(name) and self.locate(name) in self.observation.scans

    @property
    def behind(self) -> tuple[Run, ...]:
        """The statements that follow it in its transaction, so while its locks are held."""
        return tuple(run for run in self.review.together(self) if run.position > self.position)

    @property
    def ahead(self) -> tuple[Run, ...]:
        """The statements before it in its transaction, whose locks it inherits."""
        return tuple(run for run in self.review.together(self) if run.position < self.position)

    @property
    def has_lock_timeout(self) -> bool:
        """Whether it gives up waiting for its locks: by the configuration or an earlier statement of the script."""
        if self.review.settings.parameters.get("lock_timeout", "0") not in ("0", ""):
            return True
        return any(
            next(run.each(SetLockTimeout), None) is not None
            for run in self.review.runs
            if run.step is self.step and run.position < self.position
        )

    @property
    def works_on_live_rows(self) -> bool:
        """Whether it takes the longer, the more rows a live table has."""
        seen = self.observation
        touched = {*seen.rewrites, *seen.scans} & self.live
        return bool(touched) or self.builds_on_live_table

    @property
    def builds_on_live_table(self) -> bool:
        return any(self.table_of_index(name) in self.live for name in self.observation.indexes_built)

    def table_of_index(self, name: str) -> str | None:
        """The table of an index that is there before or after the migration."""
        for catalog in (self.step.after, self.step.before):
            index = index_named(catalog, name)
            if index is not None:
                return index.table
        return None

    def validated(self, constraint: AddConstraint) -> bool:
        """Whether the statement checked a new constraint against the rows."""
        names = {name.rpartition(".")[2] for name in self.observation.validated}
        return bool(names) if constraint.name is None else constraint.name in names


def _transaction(run: Run) -> tuple[str, int | None]:
    return run.step.id, run.observation.transaction


def _actions(step: Step) -> list[tuple[Action, ...]]:
    written = [actions_in(observation) for observation in step.observations]
    return with_hidden(step.observations, written, step.before, step.after)


def _live_after(run: Run) -> frozenset[str]:
    live = run.live
    for action in () if run.failed else run.actions:
        name = run.locate(action.relation)
        if isinstance(action, DropTable):
            live -= {name}
        elif isinstance(action, RenameTable) and name in live:
            schema = name.split(".", 1)[0]
            live = live - {name} | {action.new if "." in action.new else f"{schema}.{action.new}"}
    return live
