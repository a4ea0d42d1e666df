"""Migrations that are code, on the command line: their framework's commands are run and heard."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from bot import console
from bot.publish.wording import listed
from bot.secret_names import withheld, worth_a_word
from checks.errors import CommandFailed, UsageError
from checks.model.migrations import Change
from checks.progress import Progress
from checks.settings import CommandSettings, Settings
from checks.sql.parse import command_tag
from checks.trees import Tree
from checks.wire.command import Heard
from checks.wire.observe import Ear, hear

ENDED = "note: {command} {ending}; what it had said by then is reviewed"
ELSEWHERE = "note: {command} wanted more than its database: {reason}"
OWN_DATABASE = (
    "note: {command} asked for {tags}: the database is there and empty, so leave that step out of the command"
)
WITHHELD = "note: {command} was not given {names}; `env NAME=… {command}` gives it one"
NOTHING_SAID = "{command} ended well, and said nothing to PostgreSQL"
LOOK = (
    "It finds its database in DATABASE_URL, in PGHOST, PGPORT, PGUSER, PGPASSWORD and PGDATABASE, or in the names that "
    "docs/commands.md lists: let its configuration read one of them."
)
NOTHING_LEFT = "{command} {ending}, and nothing that it said before is a migration"
ITS_OUTPUT = "What it printed says why: it stands above."
LONGER = "What it printed, if anything, stands above. If it needs longer, give it `--seconds`, or `seconds:` in the configuration."
_OF_DATABASES = ("CREATE DATABASE", "DROP DATABASE")
MOST_NAMES = 12


def heard_change(
    commands: CommandSettings,
    root: Path,
    base: Tree,
    head: Tree,
    settings: Settings,
    progress: Progress,
    environment: Mapping[str, str] = os.environ,
    *,
    else_all: bool = True,
) -> tuple[Change, bool]:
    """What a framework's commands do, and whether they all came to their ends; if not, a note says so.

    ``else_all``: when no migration is new, all are looked at.

    They run in the files that lie below ``root``, and know of ``environment`` what is no secret, and where the database
    is. Raises UsageError when one cannot be started, or ends well and never speaks to the database; CommandFailed when
    one fails before there is anything to review.
    """
    secret = withheld(environment)
    known = {name: value for name, value in environment.items() if name not in secret}
    ear = Ear(root / commands.folder, known, commands.seconds)
    change = hear(commands, ear, base, head, settings, progress, else_all=else_all)
    is_something = bool(change.head.migrations)
    for note in dict.fromkeys(_notes(ear.heard, secret, is_something)):
        console.note(note)
    if not is_something:
        _expect_said(ear.heard[0])
    return change, all(heard.exit_code == 0 for heard in ear.heard)


def _notes(all_heard: list[Heard], secret: list[str], is_something: bool) -> Iterator[str]:
    for heard in all_heard:
        for reason in heard.elsewhere:
            yield ELSEWHERE.format(command=heard.command, reason=reason)
        tags = dict.fromkeys(tag for one in heard.recorded if (tag := command_tag(one.sql)) in _OF_DATABASES)
        if tags:
            yield OWN_DATABASE.format(command=heard.command, tags=listed([*tags]))
        if heard.exit_code:
            if is_something:
                yield ENDED.format(command=heard.command, ending=heard.ending)
            if missed := worth_a_word(secret):
                yield WITHHELD.format(command=heard.command, names=listed(missed, MOST_NAMES))


def _expect_said(first: Heard) -> None:
    if first.exit_code:
        said = NOTHING_LEFT.format(command=first.command, ending=first.ending)
        raise CommandFailed(said, hint=LONGER if first.expired else ITS_OUTPUT)
    if not first.recorded:
        raise UsageError(NOTHING_SAID.format(command=first.command), hint=LOOK)
