"""Queue commands and execute them, forward or backward, as ``Ecto.Migration.Runner`` does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from checks.ecto.objects import (
    AlterTable,
    Command,
    CreateTable,
    Execute,
    Subcommand,
)
from checks.ecto.reverse import reverse
from checks.ecto.sql import statements_of
from checks.elixir.scope import Closure
from checks.elixir.stops import DynamicError, RaisedError
from checks.elixir.values import Value


@dataclass(frozen=True, slots=True)
class Sent:
    """A statement and the lines of the call that caused it."""

    sql: str
    line: int
    end_line: int
    sql_line: int = 0
    """The line on which the text of the SQL begins, where it stands in the file as it is; else 0."""


@dataclass(frozen=True, slots=True)
class Executed:
    """A command as the file says it, before it is turned around, and the line of the call."""

    command: Command
    line: int


@dataclass(slots=True)
class Runner:
    is_backward: bool
    map_type: str
    call: Callable[[Value], object]
    """Runs a function that was given to ``execute``."""
    note: Callable[[DynamicError], None]
    sent: list[Sent] = field(default_factory=list)
    executed: list[Executed] = field(default_factory=list)
    _open: CreateTable | AlterTable | None = None
    _subcommands: list[Subcommand] = field(default_factory=list)
    _queue: list[tuple[Command, int, int]] = field(default_factory=list)

    def execute(self, command: Command, line: int, end_line: int) -> None:
        if self._open is not None:
            self._open = None
            raise RaisedError("Ecto.MigrationError", "cannot execute nested commands", line)
        self._queue.append((command, line, end_line))

    def start(self, command: CreateTable | AlterTable, line: int) -> None:
        if self._open is not None:
            raise RaisedError("Ecto.MigrationError", "cannot execute nested commands", line)
        self._open, self._subcommands = command, []

    def subcommand(self, subcommand: Subcommand, line: int) -> None:
        if self._open is None:
            raise RaisedError("Ecto.MigrationError", "cannot execute command outside of block", line)
        self._subcommands.append(subcommand)

    def end(self, line: int, end_line: int) -> None:
        parts = tuple(self._subcommands)
        match self._open:
            case CreateTable() as command:
                self._queue.append((replace(command, columns=parts), line, end_line))
            case AlterTable() as command:
                self._queue.append((replace(command, changes=parts), line, end_line))
        self._open = None

    def abandon(self) -> None:
        """Forget the block that is open: a part of it is not constant, so none of it is sent."""
        self._open = None

    def flush(self) -> None:
        """Execute what is queued; what is queued meanwhile waits for the next time."""
        queue, self._queue = self._queue, []
        for command, line, end_line in reversed(queue) if self.is_backward else queue:
            try:
                self._run(command, line, end_line)
            except DynamicError as stop:
                self.note(DynamicError(stop.reason, stop.line or line))
            except (TypeError, ValueError, AttributeError, KeyError):
                self.note(DynamicError("a value in this command is of no kind that is known here", line))
            except RaisedError as error:
                error.line = error.line or line
                raise

    def query(self, sql: str, line: int, end_line: int, sql_line: int = 0) -> None:
        """Sent at once, before what is queued."""
        self.sent.append(Sent(sql, line, end_line, sql_line))

    def _run(self, command: Command, line: int, end_line: int) -> None:
        self.executed.append(Executed(command, line))
        if self.is_backward:
            command = _backward(command, line)
        if isinstance(command, Execute) and isinstance(command.up, Closure):
            self.call(command.up)
            return
        sql_line = command.line if isinstance(command, Execute) else 0
        self.sent += [Sent(sql, line, end_line, sql_line) for sql in statements_of(command, self.map_type)]


def _backward(command: Command, line: int) -> Command:
    if isinstance(command, Execute) and command.has_down:
        return Execute(command.down, None, has_down=False, line=command.down_line)
    return reverse(command, line)
