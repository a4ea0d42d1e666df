"""What a fix sees of a migration that fails, and what it proposes in its place."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from checks.attempts.places import Place, line_starts, place_of
from checks.errors import FileError
from checks.model.migrations import ChangedMigration, History, Migration, Statement
from checks.model.observations import SqlError
from checks.trees import Tree
from checks.trees.tree import read_text


@dataclass(frozen=True)
class Failure:
    """One new migration, and the statement at which its up script stops."""

    history: History
    """As it is at the head."""
    migration: Migration
    statement: Statement
    error: SqlError
    later: tuple[ChangedMigration, ...]
    """The new migrations behind it, in the tool's order."""
    head: Tree
    _files: dict[str, tuple[str, Sequence[int]]] = field(default_factory=dict, repr=False, compare=False)

    @property
    def tool(self) -> str:
        return self.history.tool

    @property
    def path(self) -> str:
        """The file that the statement stands in."""
        return self.statement.path

    @cached_property
    def text(self) -> str:
        """That file; empty when it cannot be read as text."""
        return self.text_of(self.path)

    def text_of(self, path: str) -> str:
        try:
            return read_text(self.head, path)
        except FileError:
            return ""

    @cached_property
    def place(self) -> Place | None:
        """Where the statement stands in ``text``; None where a tool made the statement from something else."""
        return self.place_of(self.statement)

    def place_of(self, statement: Statement) -> Place | None:
        text, starts = self._file(statement.path)
        return place_of(statement, text, starts)

    def _file(self, path: str) -> tuple[str, Sequence[int]]:
        """A file and its lines, read once: a statement of a long file is one of many."""
        if path not in self._files:
            text = self.text_of(path)
            self._files[path] = text, line_starts(text)
        return self._files[path]

    def with_text(self, text: str) -> dict[str, str]:
        return {self.path: text}


@dataclass(frozen=True)
class Proposal:
    """Files to run in the place of the migration's own."""

    title: str
    """What is changed, as one sentence."""
    files: Mapping[str, str]
    """Path → text, as the tool would find them."""
    gone: Collection[str] = field(default=())
    """Files that are not there any more."""
    means: str = ""
    """What it means that it runs this way, as sentences."""
