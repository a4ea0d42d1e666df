"""The snapshots of one revision as they stand, whoever made them so: for the audit before any change."""

from __future__ import annotations

from dataclasses import dataclass

from checks.ash.deviation import Deviation
from checks.ash.doubt import Doubt
from checks.ash.generator import generator_command
from checks.ash.leftovers import dev_files, is_left_by_generator
from checks.ash.places import has_snapshots
from checks.ash.standing import Said, said_at, stand
from checks.frameworks.view import View
from checks.model.migrations import History, Problem
from checks.replay.base import BaseState
from checks.settings import Settings
from checks.trees import Tree

_NOT_RUN = "It is not compared with the schema: {} cannot be run whole."


@dataclass(frozen=True)
class AsItStands:
    said: Said
    command: str
    """That writes snapshots anew."""
    deviations: tuple[tuple[str, Deviation], ...] = ()
    """Each with the path of its snapshot."""
    notes: tuple[tuple[str, str], ...] = ()
    """Path of a snapshot, and what of it could not be compared."""
    dev: tuple[str, ...] = ()

    @property
    def problems(self) -> tuple[Problem, ...]:
        return self.said.problems


def as_it_stands(tree: Tree, history: History, base: BaseState, settings: Settings) -> AsItStands | None:
    """None when the folder has no snapshots. ``base`` has the whole history. Raises SandboxError."""
    if history.tool != "ecto" or not has_snapshots(tree):
        return None
    view = View(tree, ignore=settings.ignore)
    said = said_at(view, history, settings)
    if said is None:
        return None
    with base.database.clone("snapshots") as clone:
        standing = stand(said, history, clone, base.settings)
    doubt = Doubt([failure.path for failure in base.failures], [view])
    paths = {wanted.table: wanted.path for wanted in said.tables.values()}
    told = [
        (paths.get(one.table) or said.place.extensions or "", one)
        for one in standing.deviations
        if not is_left_by_generator(one, view, history.folder)
    ]
    doubted = dict.fromkeys(
        (path, _NOT_RUN.format(doubt.about(one))) for path, one in told if doubt.about(one)
    )
    return AsItStands(
        said,
        generator_command(view, history.folder),
        tuple((path, one) for path, one in told if not doubt.about(one)),
        (*standing.notes, *doubted),
        dev_files(view, history.folder, said),
    )
