"""The databases before and after a change, with no row in them: what snapshots are compared with."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from checks import catalog
from checks.model.migrations import Change, ChangeKind, Problem
from checks.progress import Progress
from checks.replay.base import base_state
from checks.replay.execute import execute
from checks.sandbox.server import Database
from checks.settings import Settings
from checks.trees import Tree

_BEFORE = "before_the_change"


@dataclass(frozen=True)
class States:
    before: Database
    after: Database
    settings: Settings
    failures: tuple[Problem, ...]
    """Steps that could not be run, or not whole."""
    stopped_by: str | None = None
    """The new migration that does not get through: what follows it is missing."""


@contextmanager
def states(
    change: Change, together: Sequence[Change], tree: Tree, settings: Settings, progress: Progress
) -> Iterator[States]:
    """``together``: the changes of one database in their order, ``change`` among them.

    A database that has applied all of the base runs what is new. Where applied migrations were edited or deleted, it
    is a database made from now on that can differ from the snapshots, so that one is made. Raises SandboxError.
    """
    bases = [one.base for one in together]
    with base_state(bases, tree, settings, progress, catalog.describe) as base:
        before = base.database.copy(_BEFORE)
        if _rewrites_the_past(change) and not settings.schema_file:
            with base_state(
                [one.head for one in together], tree, settings, progress, catalog.describe
            ) as head:
                yield States(before, head.database, base.settings, (*base.failures, *head.failures))
            return
        stopped_by = next(
            (
                one.migration.path
                for other in together
                for one in other.pending
                if one.migration.up is None
                or not execute(base.database, [one.migration.up], base.settings).committed
            ),
            None,
        )
        yield States(before, base.database, base.settings, base.failures, stopped_by)


def _rewrites_the_past(change: Change) -> bool:
    return any(one.kind is ChangeKind.DELETED for one in change.migrations) or bool(change.edited)
