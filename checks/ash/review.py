"""A change of migrations or snapshots → what drifts apart because of it. The door of the package."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from checks.ash.blame import Blame
from checks.ash.commands import generator_command
from checks.ash.deviation import Aspect, Deviation
from checks.ash.doubt import Doubt
from checks.ash.drift import Cause, Drift, SnapshotReview
from checks.ash.expected import Wanted
from checks.ash.generate import Kind
from checks.ash.leftovers import GENERATED, dev_files, is_left_by_generator
from checks.ash.places import has_snapshots
from checks.ash.resources import resource_of
from checks.ash.standing import Said, Standing, emptied, said_at, stand
from checks.ash.statements import left_behind, sent_by
from checks.ash.states import States, states
from checks.catalog import Catalog
from checks.frameworks.view import View
from checks.model import Change, Problem, Unproven
from checks.progress import Progress
from checks.settings import Settings
from checks.trees import Tree


def review_snapshots(
    change: Change, together: Sequence[Change], base: Tree, head: Tree, settings: Settings, progress: Progress
) -> SnapshotReview | None:
    """None when the folder has no snapshots, or neither they nor its migrations are changed.

    ``together``: the changes of one database in their order, ``change`` among them. Raises SandboxError.
    """
    if change.head.tool != "ecto":
        return None
    before, after = (View(tree, ignore=settings.ignore) for tree in (base, head))
    if not has_snapshots(before) and not has_snapshots(after):
        return None
    old, new = said_at(before, change.base, settings), said_at(after, change.head, settings)
    new = new or (old and emptied(old))
    if new is None or not (change.migrations or _contents(before, old) != _contents(after, new)):
        return None
    return _Review(change, together, base, settings, progress, before, after, old, new).review()


def _contents(view: View, said: Said | None) -> Mapping[str, bytes]:
    if said is None:
        return {}
    paths = [
        *said.place.newest.values(),
        *said.place.dev,
        *([said.place.extensions] if said.place.extensions else []),
    ]
    known = [path for path in paths if path not in {problem.path for problem in said.problems}]
    return {path: view.read(path) for path in known} | {problem.path: b"" for problem in said.problems}


@dataclass(frozen=True)
class _Review:
    change: Change
    together: Sequence[Change]
    tree: Tree
    settings: Settings
    progress: Progress
    before: View
    after: View
    old: Said | None
    new: Said

    def review(self) -> SnapshotReview:
        self.progress("comparing the resource snapshots with the schema")
        drifts: list[Drift] = []
        unproven: list[Unproven] = []
        with states(self.change, self.together, self.tree, self.settings, self.progress) as found:
            if found.stopped_by:
                unproven.append(self._not_compared(f"{found.stopped_by} does not get through"))
            else:
                drifts, unproven = self._drifts(found)
        return SnapshotReview(
            command=generator_command(self.after, self.change.head.folder),
            drifts=tuple(drifts),
            problems=tuple(self._problems()),
            dev=tuple(self._dev_files()),
            generated=frozenset(self._generated()),
            tables=frozenset(wanted.table for wanted in self.new.tables.values()),
            unproven=tuple(unproven),
        )

    def _drifts(self, found: States) -> tuple[list[Drift], list[Unproven]]:
        after = stand(self.new, self.change.head, found.after, found.settings)
        deviations = [one for one in (*after.deviations, *self._left_behind()) if not self._is_ashs_own(one)]
        deleted = [
            (name, wanted) for name, wanted in self._deleted() if wanted.table in after.catalog.tables()
        ]
        if not deviations and not deleted and not after.notes:
            return [], []
        before = None if self.old is None else stand(self.old, self.change.base, found.before, found.settings)
        known = set(before.deviations if before else ())
        doubtful = Doubt([failure.path for failure in found.failures], (self.before, self.after))
        drifts = [
            self._drift(deviation, before, after)
            for deviation in deviations
            if deviation not in known and not doubtful.about(deviation.table)
        ]
        drifts += [self._of_deleted(wanted) for _, wanted in deleted]
        unproven = [
            self._not_compared(f"{doubtful.about(table)} could not be run", table)
            for table in dict.fromkeys(one.table for one in deviations if one not in known)
            if doubtful.about(table)
        ]
        noted = set(before.notes if before else ())
        notes = [
            Unproven(path=path, line=1, reason=note)
            for path, note in after.notes
            if (path, note) not in noted
        ]
        return drifts, [*unproven, *notes]

    def _drift(self, deviation: Deviation, before: Standing | None, after: Standing) -> Drift:
        wanted = self._wanted.get(deviation.table)
        if deviation.kind is Kind.EXTENSION or wanted is None:
            path = self.new.place.extensions or self.change.head.folder
            line = _line(self.after, path, deviation)
            return Drift(deviation, Cause.EXTENSIONS, path, line, path)
        cause = self._cause(deviation, wanted, before, after)
        place = None if cause is Cause.SNAPSHOT else self._blame.place(deviation)
        path, line = place or (wanted.path, _line(self.after, wanted.path, deviation))
        return Drift(deviation, cause, path, line, wanted.path, self._resource(wanted))

    def _cause(self, deviation: Deviation, wanted: Wanted, before: Standing | None, after: Standing) -> Cause:
        old = next((one for one in self._old_tables.values() if one.table == wanted.table), None)
        is_said_anew = old is None or old.snapshot != wanted.snapshot
        is_made_anew = before is None or _table(before.catalog, wanted.table) != _table(
            after.catalog, wanted.table
        )
        if deviation.kind is Kind.STATEMENT:
            is_made_anew = is_made_anew or self._blame.place(deviation) is not None
        if is_said_anew:
            return Cause.BOTH if is_made_anew else Cause.SNAPSHOT
        return Cause.BOTH if self._blame.is_of_the_past(deviation) else Cause.MIGRATION

    def _of_deleted(self, wanted: Wanted) -> Drift:
        deviation = Deviation(
            wanted.table, Kind.TABLE, wanted.snapshot.table, Aspect.EXTRA, None, "the table, as before"
        )
        return Drift(deviation, Cause.DELETED, wanted.path, 1, wanted.path, self._resource(wanted))

    def _deleted(self) -> Iterator[tuple[str, Wanted]]:
        """Tables of which the base had a snapshot and the head has none, not even one that cannot be read."""
        there = set(self.new.place.newest)
        named = {wanted.table for wanted in self._wanted.values()}
        for name, wanted in self._old_tables.items():
            if name not in there and wanted.table not in named:
                yield name, wanted

    def _left_behind(self) -> Iterator[Deviation]:
        """Custom statements that nothing takes back."""
        changed = sent_by(one.migration for one in self.change.migrations)
        for name, old in self._old_tables.items():
            now = self.new.tables.get(name)
            if now is not None:
                yield from left_behind(old, now, changed, self.new.repo)

    def _is_ashs_own(self, deviation: Deviation) -> bool:
        """A column that the generator left there, as a comment: ``# remove :name``."""
        return (
            deviation.kind is Kind.ATTRIBUTE
            and deviation.aspect is Aspect.EXTRA
            and is_left_by_generator(self.after, self.change.head.folder, deviation.name)
        )

    def _problems(self) -> Iterator[Problem]:
        known = {(one.path, one.message) for one in (self.old.problems if self.old else ())}
        for problem in self.new.problems:
            if (problem.path, problem.message) not in known:
                yield problem

    def _generated(self) -> Iterator[str]:
        paths = (one.migration.path for one in self.change.migrations)
        return (path for path in paths if self.after.holds(path, GENERATED))

    def _dev_files(self) -> Iterator[str]:
        found = dev_files(self.after, self.change.head.folder, self.new)
        known = set(dev_files(self.before, self.change.base.folder, self.old))
        touched = {path for one in self.change.migrations for path in one.migration.files}
        return (path for path in found if path not in known or path in touched)

    def _not_compared(self, reason: str, table: str | None = None) -> Unproven:
        what = f"The snapshot of `{table}`" if table else "The resource snapshots"
        wanted = self._wanted.get(table or "")
        verb = "is" if table else "are"
        return Unproven(
            path=wanted.path if wanted else self.new.place.folder,
            line=1,
            reason=f"{what} {verb} not compared with the schema: {reason}.",
        )

    def _resource(self, wanted: Wanted) -> str | None:
        return resource_of(self.after, self.change.head.folder, wanted.snapshot.table)

    @cached_property
    def _blame(self) -> Blame:
        return Blame(self.change)

    @cached_property
    def _wanted(self) -> Mapping[str, Wanted]:
        """``schema.table`` → its snapshot at head."""
        return {wanted.table: wanted for wanted in self.new.tables.values()}

    @property
    def _old_tables(self) -> Mapping[str, Wanted]:
        return self.old.tables if self.old else {}


def _table(catalog: Catalog, table: str) -> object:
    return catalog.columns(table), catalog.constraints(table), catalog.indexes(table)


def _line(view: View, path: str, deviation: Deviation) -> int:
    """Where the snapshot says it."""
    if not view.has(path):
        return 1
    text = view.read(path).decode(errors="replace")
    key = r'"(?:source|name)"\s*:\s*' if deviation.kind is Kind.ATTRIBUTE else ""
    found = re.search(rf'{key}"{re.escape(deviation.name)}"', text)
    return text.count("\n", 0, found.start()) + 1 if found else 1
