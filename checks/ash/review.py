"""A change of migrations or snapshots → what drifts apart because of it. The door of the package."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from checks.ash.blame import Blame
from checks.ash.deviation import Aspect, Deviation
from checks.ash.doubt import Doubt
from checks.ash.drift import Cause, Drift, SnapshotReview
from checks.ash.expected import Wanted
from checks.ash.generator import generator_command
from checks.ash.leftovers import GENERATED, dev_files, is_left_by_generator
from checks.ash.places import has_snapshots, moved_from
from checks.ash.resources import resource_of
from checks.ash.standing import Said, Standing, emptied, said_at, stand
from checks.ash.statements import left_behind, sent_by
from checks.ash.states import States, states
from checks.ash.vocabulary import Kind
from checks.catalog import Catalog
from checks.frameworks.files import digest, source
from checks.frameworks.view import View, base_name
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
    if change.head.tool != "ecto" or not (has_snapshots(base) or has_snapshots(head)):
        return None
    before, after = (View(tree, ignore=settings.ignore) for tree in (base, head))
    place = moved_from(before, after, change.base.folder)
    old = said_at(before, change.base.model_copy(update={"folder": place}), settings)
    new = said_at(after, change.head, settings)
    new = new or (old and emptied(old))
    if new is None or not (change.migrations or _contents(before, old) != _contents(after, new)):
        return None
    return _Review(change, together, base, settings, progress, before, after, old, new).review()


def _contents(view: View, said: Said | None) -> Mapping[str, str]:
    return {path: digest(view, [path]) for path in said.place.files} if said else {}


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
        folder = self.change.head.folder
        deviations = [
            one
            for one in (*after.deviations, *self._left_behind())
            if not is_left_by_generator(one, self.after, folder)
        ]
        gone = [*self._deleted(after), *self._deleted_extensions()]
        if not deviations and not gone and not after.notes and not self._installs():
            return [], []
        before = stand(self.old, self.change.base, found.before, found.settings) if self.old else None
        known = set(before.deviations if before else ())
        new = [*(one for one in deviations if one not in known), *self._unlisted(before, after)]
        doubt = Doubt(self._not_run(found), (self.before, self.after))
        drifts = [self._drift(one, before, after) for one in new if not doubt.about(one)]
        noted = set(before.notes if before else ())
        return [*drifts, *gone], [
            *(
                self._not_compared(f"{path} cannot be run whole", table)
                for table, path in _doubted(new, doubt).items()
            ),
            *(
                Unproven(path=path, line=1, reason=note)
                for path, note in after.notes
                if (path, note) not in noted
            ),
        ]

    def _not_run(self, found: States) -> list[str]:
        parts = (one.migration.path for one in self.change.pending if not one.migration.is_whole)
        return [*(failure.path for failure in found.failures), *parts]

    def _drift(self, deviation: Deviation, before: Standing | None, after: Standing) -> Drift:
        wanted = self._wanted.get(deviation.table)
        if wanted is None:
            path = self.new.place.extensions or self.new.place.folder
            return Drift(deviation, Cause.EXTENSIONS, path, _line(self.after, path, deviation), path)
        cause, resource = self._cause(deviation, wanted, before, after), self._resource(wanted)
        if cause is Cause.DELETED:
            path = self._older[wanted.table].path
            return Drift(deviation, cause, path, 1, path, resource)
        place = None if cause is Cause.SNAPSHOT else self._blame.place(deviation)
        path, line = place or (wanted.path, _line(self.after, wanted.path, deviation))
        return Drift(deviation, cause, path, line, wanted.path, resource)

    def _cause(self, deviation: Deviation, wanted: Wanted, before: Standing | None, after: Standing) -> Cause:
        old = self._older.get(wanted.table)
        if old and base_name(old.path) > base_name(wanted.path) and not self.after.has(old.path):
            return Cause.DELETED
        if old is None or old.snapshot != wanted.snapshot:
            is_made = before is None or _table(before.catalog, wanted) != _table(after.catalog, wanted)
            if deviation.kind is Kind.STATEMENT:
                is_made = self._blame.place(deviation) is not None
            return Cause.BOTH if is_made else Cause.SNAPSHOT
        return Cause.BOTH if self._blame.is_of_the_past(deviation) else Cause.MIGRATION

    def _deleted(self, after: Standing) -> Iterator[Drift]:
        """Tables of which the base had a snapshot and the head has none, not even one that cannot be read."""
        for name, wanted in (self.old.tables if self.old else {}).items():
            is_there = name in self.new.place.newest or wanted.table in self._wanted
            if not is_there and wanted.table in after.catalog.tables():
                table = Deviation(wanted.table, Kind.TABLE, wanted.snapshot.table, Aspect.EXTRA)
                yield Drift(table, Cause.DELETED, wanted.path, 1, wanted.path, self._resource(wanted))

    def _deleted_extensions(self) -> Iterator[Drift]:
        old = self.old
        if old and old.extensions and old.place.extensions and not self.new.place.extensions:
            names = ", ".join(old.extensions.installed)
            said = Deviation("", Kind.EXTENSION, names, Aspect.EXTRA)
            yield Drift(said, Cause.EXTENSIONS, old.place.extensions, 1, old.place.extensions)

    def _unlisted(self, before: Standing | None, after: Standing) -> Iterator[Deviation]:
        """Extensions that a generated migration installs, and that extensions.json does not have."""
        if self.new.extensions is None or before is None:
            return
        for kind, name in after.catalog.objects.keys() - before.catalog.objects.keys():
            if kind == "extension" and name in self._installs() and name not in self.new.extensions.installed:
                yield Deviation("", Kind.EXTENSION, name, Aspect.EXTRA)

    def _installs(self) -> str:
        """The text of the generated migrations that install extensions."""
        texts = (source(self.after, path).text for path in self._generated())
        return "\n".join(text for text in texts if "CREATE EXTENSION" in text)

    def _left_behind(self) -> Iterator[Deviation]:
        """Custom statements that nothing takes back."""
        changed = sent_by(one.migration for one in self.change.migrations)
        for table, old in self._older.items():
            if table in self._wanted:
                yield from left_behind(old, self._wanted[table], changed, self.new.repo)

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

    @cached_property
    def _older(self) -> Mapping[str, Wanted]:
        """The same at base."""
        return {wanted.table: wanted for wanted in (self.old.tables if self.old else {}).values()}


def _doubted(deviations: Iterable[Deviation], doubt: Doubt) -> dict[str, str]:
    """Tables that are not judged, and the step because of which they are not."""
    found = ((one.table, doubt.about(one)) for one in deviations)
    return {table: path for table, path in found if path}


def _table(catalog: Catalog, wanted: Wanted) -> object:
    return tuple(part(wanted.table) for part in (catalog.columns, catalog.constraints, catalog.indexes))


def _line(view: View, path: str, deviation: Deviation) -> int:
    """Where the snapshot says it."""
    text = source(view, path).text if view.has(path) else ""
    key = r'"(?:source|name)"\s*:\s*' if deviation.kind is Kind.ATTRIBUTE else ""
    found = re.search(rf'{key}"{re.escape(deviation.name)}"', text)
    return text.count("\n", 0, found.start()) + 1 if found else 1
