"""``migration trace``: any command, on a database of the sandbox, observed."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from bot.heard import heard_change
from bot.statistics import secret_statistics
from bot.validation import base_of, settings_for
from checks.errors import NotARepository
from checks.model.report import Report
from checks.progress import Progress
from checks.settings import CommandSettings, Settings
from checks.trees import MemoryTree, Tree
from checks.trees.git import open_repository
from checks.validate import validate_changes

NOTHING = "an empty database"
SAID = "what the command said"
"""What is compared where there is no repository."""


def trace_command(
    command: Sequence[str], base: str | None, seconds: float, progress: Progress
) -> tuple[Report, Settings, bool]:
    """Run it in the current folder; the last is whether it came to its end.

    Raises UsageError when it cannot be started, or never speaks to the database.
    """
    before, after, settings = _around(base)
    commands = CommandSettings(migrate=shlex.join(command), rollback="", seconds=seconds)
    change, is_whole = heard_change(commands, Path.cwd(), before, after, settings, progress)
    report = validate_changes(
        [change], before, after, settings, progress, today=date.today(), statistics=secret_statistics()
    )
    return report, settings, is_whole


def _around(base: str | None) -> tuple[Tree, Tree, Settings]:
    """Base, work tree and settings of the repository around the current folder; nothing where there is none."""
    try:
        repository = open_repository(Path.cwd())
    except NotARepository:
        return MemoryTree({}, NOTHING), MemoryTree({}, SAID), Settings()
    before = base_of(repository, base, None)
    return before, repository.work_tree(), settings_for(repository, None, before)
