"""Some migrations of a history, each on the state before it, whatever git says is new."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from checks.change import compare
from checks.frameworks.find import find_histories
from checks.model.migrations import History, Migration
from checks.model.report import Report
from checks.production.statistics import Statistics
from checks.progress import Progress, silent
from checks.settings import Settings
from checks.trees import Tree
from checks.trees.overlay import OverlayTree
from checks.validate import validate_changes


def history_of(paths: Collection[str], tree: Tree, settings: Settings) -> History | None:
    """The history that all these files belong to; None when there is none."""
    for history in find_histories(tree, settings):
        if set(paths) <= {path for one in history.migrations for path in one.files}:
            return history
    return None


def validate_again(
    history: History,
    paths: Collection[str],
    tree: Tree,
    settings: Settings,
    progress: Progress = silent,
    *,
    today: date | None = None,
    statistics: Statistics | None = None,
) -> Report:
    """Review the migrations of these files as if they were the newest: what comes behind the first of them is not
    there yet. Raises MigrationError; SandboxError when there is no PostgreSQL to run on."""

    def is_wanted(migration: Migration) -> bool:
        return not set(migration.files).isdisjoint(paths)

    places = [place for place, one in enumerate(history.migrations) if is_wanted(one)]
    before = history.migrations[: places[0]]
    wanted = tuple(history.migrations[place] for place in places)
    change = compare(
        history.model_copy(update={"migrations": before, "problems": ()}),
        history.model_copy(update={"migrations": (*before, *wanted)}),
    )
    later = [path for one in history.migrations if one not in (*before, *wanted) for path in one.files]
    head = OverlayTree(tree, {}, gone=later)
    return validate_changes([change], tree, head, settings, progress, today=today, statistics=statistics)
