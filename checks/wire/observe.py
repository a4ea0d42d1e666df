"""Migrations that are code: run their own command once, hear what it says, and review that like any other."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import takewhile
from pathlib import Path, PurePath
from typing import Literal

from checks import catalog
from checks.change import compare
from checks.errors import UsageError
from checks.model.migrations import Change, Gap, History
from checks.progress import Progress, silent
from checks.replay.base import base_state
from checks.sandbox.server import Database
from checks.settings import CommandSettings, Settings
from checks.trees import Tree
from checks.wire.asking import with_lines
from checks.wire.bookkeeping import applied
from checks.wire.command import Heard, run_command
from checks.wire.downs import with_downs
from checks.wire.history import history_of
from checks.wire.own_tables import own_tables, with_usual_names
from checks.wire.parts import as_files, parted, with_problems_of_files
from checks.wire.recorded import Recorded
from checks.wire.tools import Tool, known_tools

MOST_SECONDS = 60.0
"""For a question beside the migrations."""
_PLAIN = re.compile(r"\w[\w./:]*(?<!:)")
MOST_WORDS = 3
CUT_SHORT = "what would have followed, for {command} {ending}"


@dataclass
class Ear:
    """Runs commands against one database after the other, and keeps what came of them."""

    folder: Path
    environment: Mapping[str, str]
    seconds: float
    heard: list[Heard] = field(default_factory=list)

    def run(self, command: Sequence[str], database: Database) -> Sequence[Recorded]:
        """Raises UsageError when it cannot be started."""
        heard = run_command(
            command, database, folder=self.folder, environment=self.environment, seconds=self.seconds
        )
        self.heard.append(heard)
        return heard.recorded

    def printed_by(self, command: Sequence[str], database: Database) -> str:
        """What a command prints that is only asked something; nothing when it fails."""
        heard = run_command(
            command,
            database,
            folder=self.folder,
            environment=self.environment,
            seconds=min(self.seconds, MOST_SECONDS),
            for_its_result=True,
        )
        return "" if heard.exit_code else heard.printed


def hear(
    commands: CommandSettings,
    ear: Ear,
    base: Tree,
    head: Tree,
    settings: Settings,
    progress: Progress = silent,
    *,
    else_all: bool = True,
) -> Change:
    """What the framework's own commands do to an empty database, as a change of its history.

    Migrations whose files ``base`` has are the state on which those that only ``head`` has are run. ``else_all``: when none
    is new, all are reviewed. Raises UsageError when a command is missing or cannot be started; SandboxError.
    """
    tool = _tool(commands)
    migrate = _arguments(commands.migrate or tool.migrate)
    rollback = _arguments(tool.rollback if commands.rollback is None else commands.rollback)
    if not migrate:
        raise UsageError(
            "commands: there is nothing to run", hint="Say `tool` or `migrate` in the configuration."
        )
    with base_state([], base, settings, progress, catalog.describe) as state:
        progress(f"running {migrate[0]}")
        said = ear.run(migrate, state.database)
        own = own_tables(said, head)
        said = with_usual_names(said, own)
        history = _cut_short(history_of(said, head, called(migrate)), ear.heard[-1], "up")
        before, after = parted(history, base, head, else_all=else_all)
        if rollback and ear.heard[-1].exit_code == 0:
            progress("hearing the way back")
            after = with_downs(
                after,
                before,
                applied(said),
                head,
                rollback,
                tool,
                lambda command: with_usual_names(ear.run(command, state.database), own),
            )
            after = _cut_short(after, ear.heard[-1], "down")
        after = with_lines(after, before, head, migrate, lambda ask: ear.printed_by(ask, state.database))
    before, after = as_files(before, after, base, head)
    return compare(
        with_problems_of_files(before, base, settings), with_problems_of_files(after, head, settings)
    )


def _cut_short(history: History, heard: Heard, direction: Literal["up", "down"]) -> History:
    """A command that did not come to its end leaves open what it would have done behind its last migration."""
    if heard.exit_code == 0 or not history.migrations:
        return history
    *before, last = history.migrations
    reason = CUT_SHORT.format(command=heard.command, ending=heard.ending)
    gap = Gap(path=last.path, line=1, reason=reason, direction=direction)
    changed = last.model_copy(update={"gaps": (*last.gaps, gap)})
    return history.model_copy(update={"migrations": (*before, changed)})


def called(command: Sequence[str]) -> str:
    """What people call it: the program, and the plain words behind it (``python app.py``). Options may hold secrets."""
    words = takewhile(_PLAIN.fullmatch, command[1:MOST_WORDS])
    return " ".join([PurePath(command[0]).name, *words])


def _arguments(command: str) -> list[str]:
    try:
        return shlex.split(command)
    except ValueError as error:
        raise UsageError(
            f"commands: {command!r} cannot be taken apart: {error}", hint="Close each quote that is opened."
        ) from error


def _tool(commands: CommandSettings) -> Tool:
    if commands.tool is None:
        return Tool("command", migrate="")
    known = known_tools()
    if commands.tool not in known:
        raise UsageError(
            f"commands: nothing is known of the tool {commands.tool!r}",
            hint=f"Known are {', '.join(known)}; with `migrate` of your own no tool has to be named.",
        )
    return known[commands.tool]
