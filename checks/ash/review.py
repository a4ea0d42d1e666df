"""A change of migrations or snapshots → what drifts apart because of it. The door of the package."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from checks.ash.deviation import Deviation
from checks.ash.doubt import Doubt
from checks.ash.drift import Drift, SnapshotReview
from checks.ash.generator import generator_command
from checks.ash.gone import deleted, installed_extensions, statements_left_behind, unlisted
from checks.ash.leftovers import dev_files, is_left_by_generator
from checks.ash.places import has_snapshots, moved_from
from checks.ash.placing import placed
from checks.ash.sides import Sides
from checks.ash.standing import Said, emptied, said_at, stand
from checks.ash.states import States, states
from checks.frameworks.files import digest
from checks.frameworks.view import View
from checks.model.findings import Unproven
from checks.model.migrations import Change, Problem
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
    sides = _sides(change, base, head, settings)
    if sides is None or not (change.migrations or _is_changed(sides)):
        return None
    progress("comparing the resource snapshots with the schema")
    drifts, unproven = _judged(sides, together, base, settings, progress)
    return SnapshotReview(
        command=generator_command(sides.after, change.head.folder),
        drifts=tuple(drifts),
        problems=tuple(_problems(sides)),
        dev=tuple(_dev_files(sides)),
        generated=frozenset(sides.generated),
        tables=frozenset(sides.wanted),
        unproven=tuple(unproven),
    )


def _sides(change: Change, base: Tree, head: Tree, settings: Settings) -> Sides | None:
    before, after = (View(tree, ignore=settings.ignore) for tree in (base, head))
    place = moved_from(before, after, change.base.folder)
    old = said_at(before, change.base.model_copy(update={"folder": place}), settings)
    new = said_at(after, change.head, settings) or (old and emptied(old))
    return None if new is None else Sides(change, before, after, old, new)


def _is_changed(sides: Sides) -> bool:
    return _contents(sides.before, sides.old) != _contents(sides.after, sides.new)


def _contents(view: View, said: Said | None) -> Mapping[str, str]:
    return {path: digest(view, [path]) for path in said.place.files} if said else {}


def _judged(
    sides: Sides, together: Sequence[Change], base: Tree, settings: Settings, progress: Progress
) -> tuple[list[Drift], list[Unproven]]:
    with states(sides.change, together, base, settings, progress) as found:
        if found.stopped_by:
            return [], [_not_compared(found.stopped_by, f"{found.stopped_by} does not get through")]
        return _drifts(sides, found)


def _drifts(sides: Sides, found: States) -> tuple[list[Drift], list[Unproven]]:
    """The base is only looked at when there is something to tell."""
    after = stand(sides.new, sides.change.head, found.after, found.settings)
    told = [*after.deviations, *statements_left_behind(sides)]
    folder = sides.change.head.folder
    deviations = [one for one in told if not is_left_by_generator(one, sides.after, folder)]
    gone = list(deleted(sides, after))
    if not (deviations or gone or after.notes or installed_extensions(sides)):
        return [], []
    before = stand(sides.old or emptied(sides.new), sides.change.base, found.before, found.settings)
    known = {*before.deviations, *before.notes}
    new = [*(one for one in deviations if one not in known), *unlisted(sides, before, after)]
    doubt = Doubt(_not_run(sides, found), (sides.before, sides.after))
    drifts = [placed(one, sides, before, after) for one in new if not doubt.about(one)]
    doubted = _doubted(new, doubt).items()
    unproven = [
        _not_compared(_path_of(table, sides), f"{path} cannot be run whole", table) for table, path in doubted
    ]
    notes = [Unproven(path=note[0], line=1, reason=note[1]) for note in after.notes if note not in known]
    return [*drifts, *gone], [*unproven, *notes]


def _not_run(sides: Sides, found: States) -> list[str]:
    parts = (one.migration.path for one in sides.change.pending if not one.migration.is_whole)
    return [*(failure.path for failure in found.failures), *parts]


def _doubted(deviations: Iterable[Deviation], doubt: Doubt) -> dict[str, str]:
    """Tables that are not judged, and the step because of which they are not."""
    found = ((one.table, doubt.about(one)) for one in deviations)
    return {table: path for table, path in found if path}


def _path_of(table: str, sides: Sides) -> str:
    """Extensions have no table."""
    return sides.wanted[table].path if table else sides.new.place.extensions or sides.new.place.folder


def _not_compared(path: str, reason: str, table: str = "") -> Unproven:
    what = f"The snapshot of `{table}` is" if table else "The resource snapshots are"
    return Unproven(path=path, line=1, reason=f"{what} not compared with the schema: {reason}.")


def _problems(sides: Sides) -> Iterator[Problem]:
    known = {(one.path, one.message) for one in (sides.old.problems if sides.old else ())}
    return (one for one in sides.new.problems if (one.path, one.message) not in known)


def _dev_files(sides: Sides) -> Iterator[str]:
    found = dev_files(sides.after, sides.change.head.folder, sides.new)
    known = set(dev_files(sides.before, sides.change.base.folder, sides.old))
    touched = {path for one in sides.change.migrations for path in one.migration.files}
    return (path for path in found if path not in known or path in touched)
