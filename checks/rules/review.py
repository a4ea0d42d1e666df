"""What a rule looks at: each statement that ran, with what it asks for and what PostgreSQL did for it."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import takewhile
from typing import TYPE_CHECKING, Any, TypeVar

from checks.catalog.schema import Catalog
from checks.model.findings import Attempt
from checks.model.migrations import Change, ChangedMigration, Migration, Problem
from checks.model.observations import Lock, LockMode, Observation, SqlError
from checks.model.rollback import RollbackProof, RollbackStatus
from checks.rules.actions import (
    Action,
    AddColumn,
    AddConstraint,
    ChangeRows,
    DropTable,
    RenameTable,
    SetLockTimeout,
)
from checks.rules.inferred import with_hidden
from checks.rules.schema import parts
from checks.rules.statements import actions_of_each
from checks.settings import Settings

if TYPE_CHECKING:
    from checks.ash.drift import SnapshotReview
    from checks.data import DataFingerprint

A = TypeVar("A", bound=Action)
EMPTY = Catalog({})
UNPROVEN = RollbackProof(status=RollbackStatus.UNPROVEN, reason="The up script could not be run.")
_ABOUT_ROWS = ("22", "23")
"""Classes data_exception and integrity_constraint_violation (PostgreSQL docs, appendix A)."""
_NO_TRANSACTION = "WARNING: SET LOCAL can only be used in transaction blocks"
_ENDS = frozenset({"COMMIT", "ROLLBACK"})
_QUERIES = frozenset({"SELECT", "COPY", "EXPLAIN"})


@dataclass(frozen=True)
class Step:
    """One new migration, as it was run."""

    changed: ChangedMigration
    id: str
    observations: tuple[Observation, ...] = ()
    """Of the up script, in order; ids are ``<id>/up/<n>``. None when it is code or did not get its turn."""
    before: Catalog = EMPTY
    after: Catalog = EMPTY
    rows_before: Mapping[str, int] = field(default_factory=dict)
    """Rows of each table that existed, when the migration ran; synthetic and seeded ones."""
    stopped_by_own_check: bool = False
    """A check that it makes itself refuses the rows that were made up; on empty tables it gets through."""
    on_empty_tables: bool = False
    """There was no row after all, because a migration before it fails on them."""
    proof: RollbackProof = UNPROVEN
    unproven: tuple[str, ...] = ()
    """What could not be run or seen, and why."""
    attempts: tuple[Attempt, ...] = ()
    """Simple fixes that were run in its place, because it fails."""
    actions: tuple[tuple[Action, ...], ...] | None = None
    """What each statement asks for, where nobody ran it and there is nothing to find out; else None."""
    data_after: DataFingerprint | None = None
    """The rows behind it, when it got to its end."""

    @property
    def migration(self) -> Migration:
        return self.changed.migration

    @cached_property
    def known_as(self) -> Mapping[str, str]:
        """Name without its schema → ``schema.name``; what is there before the migration comes first."""
        names = [*sorted(self.after.relations()), *sorted(self.before.relations())]
        return {name.partition(".")[2]: name for name in names}

    @property
    def error(self) -> SqlError | None:
        """Why the up script stopped."""
        return next((seen.error for seen in self.observations if seen.error), None)


@dataclass(frozen=True)
class Review:
    """One change of one history, run."""

    change: Change
    settings: Settings
    steps: tuple[Step, ...] = ()
    """What the tool would run on a database that has all of the base."""
    edited: tuple[Step, ...] = ()
    """Applied migrations whose files changed, each run on the state before it, as for a database made from now on."""
    base: Catalog = EMPTY
    """The schema before the first new migration: a relation that is not in it is not live."""
    base_failures: tuple[Problem, ...] = ()
    """Steps of the base that could not be replayed: then the base state is not quite production's."""
    postgres: int = 0
    """``server_version_num``."""
    snapshots: SnapshotReview | None = None
    """What is new about the resource snapshots of Ash; None when there are none."""

    @property
    def is_whole(self) -> bool:
        """Whether all that came before the last statement was run: of the base, and of the change itself."""
        return not self.base_failures and all(step.migration.is_whole for step in (*self.edited, *self.steps))

    @cached_property
    def runs(self) -> tuple[Run, ...]:
        """The statements of all steps that were sent to the server, in order.

        Edited migrations run on new databases, so nothing is live for them and there are no rows to fail on.
        """
        runs: list[Run] = []
        for step in self.edited:
            runs += [run for run in self._runs_of(step, frozenset()) if not _fails_on_rows(run)]
        live = self.base.relations()
        for step in self.steps:
            of_step = self._runs_of(step, live)
            runs += of_step
            live = _live_after(of_step[-1]) if of_step else live
        return tuple(runs)

    def _runs_of(self, step: Step, live: frozenset[str]) -> list[Run]:
        own = _actions(step)
        runs: list[Run] = []
        for position, observation in enumerate(step.observations):
            if observation.ran:
                live = _live_after(runs[-1]) if runs else live
                runs.append(Run(self, step, position, observation, own[position], live))
        return runs

    @property
    def transactions(self) -> Collection[tuple[Run, ...]]:
        """The statements that ran in a transaction, grouped by it."""
        return self._transactions.values()

    def together(self, run: Run) -> tuple[Run, ...]:
        """The statements of its transaction, itself among them."""
        return self._transactions.get(_transaction(run), (run,))

    def closing(self, run: Run) -> tuple[Run, ...]:
        """The statements of its transaction that close a live table."""
        return self._closing.get(_transaction(run), ())

    @cached_property
    def _closing(self) -> dict[tuple[str, int | None], tuple[Run, ...]]:
        return {key: tuple(run for run in group if run.closes) for key, group in self._transactions.items()}

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
        if len(kinds) == 1:
            return iter(self._of_kind.get(kinds[0], ()))
        return (action for action in self.actions if isinstance(action, kinds))

    @cached_property
    def _of_kind(self) -> Mapping[type[Action], list[Any]]:
        """Most rules ask for one kind, and most statements have none of it."""
        found: dict[type[Action], list[Any]] = {}
        for action in self.actions:
            found.setdefault(type(action), []).append(action)
        return found

    def locate(self, name: str) -> str:
        """``schema.name`` of a relation that the statement names with or without its schema."""
        if "." in name:
            return name
        met = (lock.relation for lock in self.observation.locks if lock.relation.partition(".")[2] == name)
        return next(met, None) or self.step.known_as.get(name, f"public.{name}")

    def is_live(self, name: str) -> bool:
        return self.locate(name) in self.live

    def column_is_live(self, name: str, column: str) -> bool:
        """Whether the column of a live table was there before the change.

        One that is added only behind this statement is another one: a tool that drops a column and adds it again.
        """
        table = self.locate(name)
        added = (
            action
            for run in takewhile(lambda run: run is not self, self.review.runs)
            for action in run.each(AddColumn)
            if action.column == column and run.locate(action.relation) == table
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

    @cached_property
    def closes(self) -> tuple[str, ...]:
        """The live tables that nobody can read or write while its locks are held."""
        return tuple(lock.relation for lock in self.live_locks(LockMode.ACCESS_EXCLUSIVE))

    def rewrites(self, name: str) -> bool:
        """Whether it wrote a live table anew, or a partition of it."""
        return self._any_part(name, self.observation.rewrites)

    def scans(self, name: str) -> bool:
        """Whether it read a live table from end to end, or a partition of it."""
        return self._any_part(name, self.observation.scans)

    def _any_part(self, name: str, touched: Collection[str]) -> bool:
        return self.is_live(name) and not {*parts(self.step.before, self.locate(name))}.isdisjoint(touched)

    @property
    def behind(self) -> tuple[Run, ...]:
        """The statements that follow it in its transaction, so while its locks are held."""
        return tuple(
            run
            for run in self.review.together(self)
            if run.position > self.position and run.observation.kind not in _ENDS
        )

    @property
    def ahead(self) -> tuple[Run, ...]:
        """The statements before it in its transaction, whose locks it inherits."""
        together = self.review.together(self)
        return together[: bisect_left(together, self.position, key=lambda run: run.position)]

    @property
    def has_lock_timeout(self) -> bool:
        """Whether it gives up waiting for its locks: by the configuration or an earlier statement of the script."""
        if self.review.settings.parameters.get("lock_timeout", "0") not in ("0", ""):
            return True
        return any(
            next(run.each(SetLockTimeout), None) is not None
            and _NO_TRANSACTION not in run.observation.notices
            for run in self.review.runs
            if run.step is self.step and run.position < self.position
        )

    @property
    def works_on_live_rows(self) -> bool:
        """Whether it is a command on tables that takes the longer, the more rows a live one has (no query, no DML)."""
        seen = self.observation
        if seen.kind in _QUERIES or next(self.each(ChangeRows), None) is not None:
            return False
        return bool({*seen.rewrites, *seen.scans} & self.live) or self.builds_on_live_table

    @property
    def is_slow(self) -> bool:
        return self.works_on_live_rows or self.changed_most_of is not None or self.copies_live_rows

    @property
    def copies_live_rows(self) -> bool:
        """Whether it is an INSERT that read a live table from end to end."""
        copies = any(change.verb == "INSERT" and not change.literal for change in self.each(ChangeRows))
        return copies and bool(self.observation.rows) and bool(set(self.observation.scans) & self.live)

    @property
    def changed_most_of(self) -> str | None:
        """The live table of which it touched at least half of the rows, or all that there may be."""
        for change in self.each(ChangeRows):
            table = self.locate(change.relation)
            there, touched = self.step.rows_before.get(table, 0), self.observation.rows or 0
            most = not change.where or (there > 0 and touched * 2 >= there)
            if change.verb != "INSERT" and table in self.live and most:
                return table
        return None

    @property
    def builds_on_live_table(self) -> bool:
        return any(self.table_of_index(name) in self.live for name in self.observation.indexes_built)

    def table_of_index(self, name: str) -> str | None:
        """The table of an index that is there before or after the migration."""
        for catalog in (self.step.after, self.step.before):
            index = catalog.index(name)
            if index is not None:
                return index.table
        return None

    def validated(self, constraint: AddConstraint) -> bool:
        """Whether the statement checked a new constraint against the rows."""
        names = {name.rpartition(".")[2] for name in self.observation.validated}
        return bool(names) if constraint.name is None else constraint.name in names


def _transaction(run: Run) -> tuple[str, int | None]:
    return run.step.id, run.observation.transaction


def _fails_on_rows(run: Run) -> bool:
    error = run.observation.error
    return error is not None and error.sqlstate.startswith(_ABOUT_ROWS)


def _actions(step: Step) -> Sequence[tuple[Action, ...]]:
    if step.actions is not None:
        return step.actions
    written = actions_of_each(step.observations, step.before)
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
