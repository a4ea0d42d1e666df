"""The new migrations as the author has them, and as the tool would read them with other files in their place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from checks.advice.words import NOT_READ_BACK
from checks.frameworks import lone
from checks.frameworks.find import known_frameworks
from checks.frameworks.view import View
from checks.model.migrations import Change, History, Migration, Statement, TransactionMode
from checks.plan.files import CannotWrite, Rewrite, Written
from checks.plan.model import Step
from checks.settings import Settings
from checks.sql.parse import command_tag
from checks.trees import Tree
from checks.trees.overlay import OverlayTree

_ROWS = ("INSERT", "UPDATE", "DELETE", "MERGE")


@dataclass(frozen=True)
class Taken:
    """One migration of the other way."""

    migration: Migration
    steps: tuple[Step, ...] = ()
    """Of a way; none for a migration of the author's that comes between."""

    @property
    def can_stop_half_way(self) -> bool:
        """Whether it commits statement by statement, and has several that leave something."""
        up = self.migration.up
        if up is None or up.transaction is not TransactionMode.AUTOCOMMIT:
            return False
        return sum(command_tag(one.sql) != "SET" for one in up.statements) > 1

    @property
    def undoes_rows_of_another(self) -> Statement | None:
        """A statement of its down that changes rows, where its up changes none."""
        up, down = self.migration.up, self.migration.down
        if up is None or down is None or any(command_tag(one.sql) in (*_ROWS, "DO") for one in up.statements):
            return None
        return next((one for one in down.statements if command_tag(one.sql) in _ROWS), None)


@dataclass(frozen=True)
class Chains:
    """From the same state to what should be the same state."""

    author: tuple[Migration, ...]
    instead: tuple[Taken, ...]

    def is_new(self, migration: Migration) -> bool:
        """Whether only one of the two has it: what both have says nothing about which is better."""
        others = [_keys(self.author), _keys([one.migration for one in self.instead])]
        return not all(_key(migration) in keys for keys in others)


def chains(rewrite: Rewrite, written: Written, change: Change) -> Chains:
    """Read the files back with the tool's own reader. Raises CannotWrite when they are not what was meant."""
    files = {file.path: file.content for file in written.files}
    again = _read(change, OverlayTree(rewrite.head, files), rewrite.settings, [*files])
    old, base = _keys(change.head.migrations), _keys(change.base.migrations)
    tail = _from(rewrite.migration, again.migrations)
    new = [migration for migration in tail if _key(migration) not in old]
    if len(new) != len(written.steps):
        raise CannotWrite(
            f"For {rewrite.tool} " + NOT_READ_BACK.format(wanted=len(written.steps), found=len(new))
        )
    steps = {_key(migration): steps for migration, steps in zip(new, written.steps, strict=True)}
    last = max((place for place, migration in enumerate(tail) if _key(migration) in steps), default=0)
    taken = [
        Taken(migration, steps.get(_key(migration), ()))
        for migration in tail[: last + 1]
        if _key(migration) not in base
    ]
    between = sum(_key(one.migration) not in steps for one in taken)
    pending = [changed.migration for changed in change.pending]
    return Chains(_from(rewrite.migration, pending)[: between + 1], tuple(taken))


def _read(change: Change, tree: Tree, settings: Settings, new: Sequence[str]) -> History:
    included = [folder.path for folder in settings.folders]
    view = View(tree, ignore=settings.ignore, include=included)
    if change.head.tool == lone.TOOL:
        own = [one.path for one in change.head.migrations]
        return lone.as_written(view, [*dict.fromkeys([*own, *new])])
    return known_frameworks()[change.head.tool].read(view, change.head.folder, settings)


def _from(migration: Migration, migrations: Sequence[Migration]) -> tuple[Migration, ...]:
    """The migration, as it is there, and all behind it."""
    wanted = (migration.path, migration.version)
    place = next(
        (place for place, one in enumerate(migrations) if (one.path, one.version) == wanted), len(migrations)
    )
    return tuple(migrations[place:])


def _keys(migrations: Sequence[Migration]) -> set[tuple[str, str, str]]:
    return {_key(migration) for migration in migrations}


def _key(migration: Migration) -> tuple[str, str, str]:
    return migration.path, migration.version, migration.digest
