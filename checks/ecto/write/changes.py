"""What a migration file is to do, and whether a text does it: it is translated back and compared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby

from checks.ecto.settings import RepoSettings
from checks.ecto.translate import Direction, translate
from checks.ecto.write.equal import commands_in, undone_by
from checks.elixir.stops import Kind


@dataclass(frozen=True, slots=True)
class Change:
    """Statements that belong together, and what leads back."""

    up: tuple[str, ...]
    down: tuple[str, ...] = ()
    no_way_back: str = ""
    """Why there is none, as a sentence. With neither, nothing has to be done on the way down."""
    source: tuple[str, ...] = ()
    """The author's own call that says all of this, line by line, its indentation taken off."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the file will lie: what its repo is set to decides what Ecto's words mean."""

    settings: RepoSettings = field(default_factory=RepoSettings)
    prefix: str | None = None
    """The migrator's own."""


def says(text: str, changes: Sequence[Change], place: Place) -> bool:
    """Whether the module does exactly these changes, up and down."""
    read = translate(text, place.settings, place.prefix)
    wanted = [sql for change in changes for sql in change.up]
    if not _is_whole(read.up) or _sorted(commands_in(_sql(read.up))) != _sorted(commands_in(wanted)):
        return False
    if any(change.no_way_back for change in changes):
        return read.down.refusal is not None and read.down.operation == "down"
    back = [sql for change in reversed(changes) for sql in change.down]
    return _is_whole(read.down) and _sorted(undone_by(_sql(read.down))) == _sorted(undone_by(back))


def _sql(direction: Direction) -> list[str]:
    return [sent.sql for sent in direction.sent]


def _is_whole(direction: Direction) -> bool:
    return direction.refusal is None and all(part.kind is Kind.STATE for part in direction.dynamic)


def _sorted(commands: Sequence[str]) -> list[str]:
    """PostgreSQL itself orders what one ALTER TABLE does, and neighbours of one table may become one."""
    return [command for _, run in groupby(commands, _altered) for command in sorted(run)]


def _altered(command: str) -> str:
    """The table of an ALTER TABLE that can be one command of several; else the command itself."""
    words = command.split(" ")
    alone = words[:2] != ["ALTER", "TABLE"] or "RENAME" in words[3:4]
    return command if alone else words[2]
