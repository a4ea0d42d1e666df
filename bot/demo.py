"""The demonstrations: example repositories, reviewed as if their newest migrations were a pull request."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from bot.changes import changes_between
from checks.errors import UsageError
from checks.model.report import Report
from checks.progress import Progress
from checks.settings import load
from checks.trees.directory import DirectoryTree
from checks.validate import validate_changes
from checks.wire.tools import known_tools

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"
PULL_REQUEST = "pull-request.txt"
"""One path per line: the files that the pull request adds."""
NEEDS = "the example {name!r} is run by {tool}, which is not installed here"
ASK_SECONDS = 60
"""For a tool to say that it is there: one that starts Java, on a busy machine, takes some."""


def validate_example(name: str, progress: Progress) -> Report:
    """Validate an example on the bundled PostgreSQL, with its own tool where its migrations are code.

    Raises UsageError for a name that no example has, and where the tool is not installed.
    """
    known = sorted(path.parent.name for path in EXAMPLES.glob(f"*/{PULL_REQUEST}"))
    if name not in known:
        raise UsageError(f"there is no example {name!r}", hint=f"There are: {', '.join(known)}.")
    folder = EXAMPLES / name
    new = (folder / PULL_REQUEST).read_text().split()
    base = DirectoryTree(folder, "main", leave_out=new)
    head = DirectoryTree(folder, "pull request")
    settings, _ = load(base)
    settings = settings.model_copy(update={"provider": "bundled"})
    environment = _environment()
    if settings.commands and settings.commands.tool:
        _expect(name, settings.commands.tool, folder, environment)
    changes = changes_between(base, head, settings, folder, progress, environment)
    return validate_changes(changes, base, head, settings, progress, today=date.today())


def _environment() -> Mapping[str, str]:
    """With this Python in front: what is installed beside the engine is found, and its caches stay out of the examples."""
    here = str(Path(sys.executable).parent)
    return {
        **os.environ,
        "PATH": os.pathsep.join([here, os.environ.get("PATH", os.defpath)]),
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def _expect(name: str, tool: str, folder: Path, environment: Mapping[str, str]) -> None:
    """Raise UsageError where the tool does not answer."""
    asks = shlex.split(known_tools()[tool].asks)
    try:
        answered = (
            subprocess.run(
                asks, cwd=folder, env=environment, capture_output=True, timeout=ASK_SECONDS, check=False
            ).returncode
            == 0
        )
    except (OSError, subprocess.TimeoutExpired):
        answered = False
    if not answered:
        raise UsageError(
            NEEDS.format(name=name, tool=tool),
            hint=known_tools()[tool].install.replace("{folder}", str(folder)),
        )
