"""``migration trace``: any command, on a database of the sandbox, observed."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from bot import console
from bot.validation import base_of, settings_for
from checks.errors import NotARepository, UsageError
from checks.model import Report
from checks.progress import Progress
from checks.settings import Settings
from checks.trees import MemoryTree, Tree
from checks.trees.git import open_repository
from checks.wire.command import Heard
from checks.wire.observe import observe

NOTHING_SAID = "the command said nothing to PostgreSQL"
LOOK = (
    "It finds its database in DATABASE_URL, in PGHOST, PGPORT, PGUSER, PGPASSWORD and PGDATABASE, or in the names that "
    "docs/commands.md lists: let its configuration read one of them."
)


def trace_command(
    command: Sequence[str], base: str | None, seconds: float, progress: Progress
) -> tuple[Report, Settings, Heard]:
    """Run it in the current folder. Raises UsageError when it cannot be started, or never speaks to the database."""
    before, after, settings = _around(base)
    observed = observe(
        command,
        before,
        after,
        settings,
        progress,
        folder=Path.cwd(),
        environment=os.environ,
        seconds=seconds,
        today=date.today(),
    )
    heard = observed.heard
    if heard.expired:
        console.note(
            f"note: the command was ended after {seconds:.0f} s; what it had said by then is reviewed"
        )
    elif heard.exit_code:
        console.note(f"note: the command ended with {heard.exit_code}; what it had said by then is reviewed")
    if not heard.recorded:
        raise UsageError(NOTHING_SAID, hint=LOOK)
    return observed.report, settings, heard


def _around(base: str | None) -> tuple[Tree, Tree, Settings]:
    """Base, work tree and settings of the repository around the current folder; nothing where there is none."""
    try:
        repository = open_repository(Path.cwd())
    except NotARepository:
        nothing = MemoryTree({}, "no repository")
        return nothing, nothing, Settings()
    before = base_of(repository, base, None)
    return before, repository.work_tree(), settings_for(repository, None, before)
