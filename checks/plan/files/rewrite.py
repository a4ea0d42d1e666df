"""What a writer of files is given, and what it gives back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from checks.errors import FileError
from checks.model.findings import AdviceFile
from checks.model.migrations import History, Migration, Script, Statement
from checks.plan.model import Step
from checks.plan.recipes import Stages
from checks.settings import Settings
from checks.trees import Tree


class CannotWrite(Exception):
    """The tool has no file for it; the message is a sentence."""


@dataclass(frozen=True)
class WayBack:
    """What becomes of the author's own down, when only a part of the up stays with it."""

    without: frozenset[int] = frozenset()
    """Statements of the down, from 0, that are taken out."""
    undo: bool = False
    """Whether the way back of the steps that stay in the author's migration is put in front of it."""


TIMEOUT = "2s"
"""Long enough for a lock that only short queries are in the way of, short enough for those that queue behind it."""


@dataclass(frozen=True)
class Patience:
    """From which statement of an up on it gives up waiting for a lock."""

    first: int
    """The number of the first statement that closes a table in use, from 0."""
    last: int
    local: bool
    """Whether these are in a transaction; else the setting is of the session, and is taken back behind the last."""

    @property
    def before(self) -> str:
        return f"SET {'LOCAL ' if self.local else ''}lock_timeout = '{TIMEOUT}'"

    @property
    def behind(self) -> str:
        """``""`` where the end of the transaction does it."""
        return "" if self.local else "RESET lock_timeout"


@dataclass(frozen=True)
class Rewrite:
    """An author's migration in which some statements go another way."""

    tool: str
    history: History
    """The folder as it is at head: new files come behind what is there."""
    migration: Migration
    head: Tree
    settings: Settings
    ways: Mapping[int, Stages]
    """The number of a statement of the up, from 0 → the steps and deploys that take its place."""
    way_back: WayBack = WayBack()
    patience: Patience | None = None

    @property
    def up(self) -> Script:
        assert self.migration.up is not None  # only what ran is written anew
        return self.migration.up

    @property
    def statements(self) -> tuple[Statement, ...]:
        return self.up.statements

    def read(self, path: str) -> str | None:
        """The text of a file at head, as it is (a byte order mark included); None when there is none that is text."""
        try:
            return self.head.read(path).decode()
        except (FileError, UnicodeDecodeError):
            return None

    def with_way_back(self, way_back: WayBack) -> Rewrite:
        return replace(self, way_back=way_back)


@dataclass(frozen=True)
class Written:
    """Files of the tool."""

    files: tuple[AdviceFile, ...]
    """In the order in which they are applied; only what is new or not as it was."""
    steps: tuple[tuple[Step, ...], ...]
    """What of the ways each migration in them does, in the same order; the author's own migration is the first."""
