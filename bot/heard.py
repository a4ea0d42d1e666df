"""Migrations that are code, on the command line: their framework's commands are run and heard."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from bot import console
from checks.errors import UsageError
from checks.model import Change
from checks.progress import Progress
from checks.settings import CommandSettings, Settings
from checks.trees import Tree
from checks.wire.observe import Ear, hear

EXPIRED = "note: {command} was ended after {seconds:.0f} s; what it had said by then is reviewed"
FAILED = "note: {command} ended with {code}; what it had said by then is reviewed"
NOTHING_SAID = "the command said nothing to PostgreSQL"
LOOK = (
    "It finds its database in DATABASE_URL, in PGHOST, PGPORT, PGUSER, PGPASSWORD and PGDATABASE, or in the names that "
    "docs/commands.md lists: let its configuration read one of them."
)


def heard_change(
    commands: CommandSettings,
    root: Path,
    base: Tree,
    head: Tree,
    settings: Settings,
    progress: Progress,
    environment: Mapping[str, str] = os.environ,
) -> tuple[Change, bool]:
    """What a framework's commands do, and whether they all came to their ends; if not, a note says so.

    They run in the files that lie below ``root``, and know nothing but ``environment`` and where the database is.
    Raises UsageError when one cannot be started, or the first never speaks to the database.
    """
    ear = Ear(root / commands.folder, environment, commands.seconds)
    change = hear(commands, ear, base, head, settings, progress)
    for heard in ear.heard:
        if heard.expired:
            console.note(EXPIRED.format(command=heard.command, seconds=commands.seconds))
        elif heard.exit_code:
            console.note(FAILED.format(command=heard.command, code=heard.exit_code))
    if not ear.heard[0].recorded:
        raise UsageError(NOTHING_SAID, hint=LOOK)
    return change, all(heard.exit_code == 0 for heard in ear.heard)
