"""`migration trace`: run a command once and hear what it says; then run that like any other migration."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from checks.change import compare_histories
from checks.model import Report
from checks.progress import Progress, silent
from checks.replay.base import base_state
from checks.settings import Settings
from checks.trees import Tree
from checks.validate import validate_changes
from checks.wire.command import Heard, run_command
from checks.wire.history import history_of, parted


@dataclass(frozen=True)
class Observed:
    report: Report
    heard: Heard


def observe(
    command: Sequence[str],
    base: Tree,
    head: Tree,
    settings: Settings,
    progress: Progress = silent,
    *,
    folder: Path,
    environment: Mapping[str, str],
    seconds: float,
    today: date | None = None,
) -> Observed:
    """Run a command on an empty database, and review what it did there, migration by migration.

    Migrations whose files ``base`` has are the state on which those that only ``head`` has are run; when none is new,
    all are reviewed. Raises UsageError when the command cannot be started; SandboxError.
    """
    with base_state([], base, settings, progress) as state:
        progress(f"running {command[0]}")
        heard = run_command(command, state.database, folder=folder, environment=environment, seconds=seconds)
    history = history_of(heard.recorded, head.paths(), " ".join(command))
    before, after = parted(history, frozenset(base.paths()), frozenset(head.paths()))
    changes = compare_histories([before], [after])
    report = validate_changes(changes, base, head, settings, progress, today=today)
    return Observed(report, heard)
