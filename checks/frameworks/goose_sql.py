"""goose's own way to cut a file: directions, statements, annotations, and where it gives up.

A line machine that follows goose v3, ``internal/sqlparser/parser.go``: outside of StatementBegin and
StatementEnd a statement ends with the line whose last word before a comment ends with ``;``; in front
of a statement, comments and empty lines are dropped.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from checks.frameworks.files import Part, remembered

_ANNOTATIONS = {
    annotation.casefold(): annotation
    for annotation in (
        "Up",
        "Down",
        "StatementBegin",
        "StatementEnd",
        "NO TRANSACTION",
        "ENVSUB ON",
        "ENVSUB OFF",
    )
}
_VARIABLE = re.compile(
    r"\\\$|\$\$|\$(?P<bare>[A-Za-z_][A-Za-z0-9_]*)"
    r"|\$\{(?P<name>[A-Za-z_][A-Za-z0-9_]*)(?:(?P<operator>:?-|\?)(?P<default>[^}]*))?\}"
)


class GooseError(NamedTuple):
    """Why goose refuses a file."""

    line: int
    message: str


class Unset(NamedTuple):
    """An ENVSUB variable without a value."""

    line: int
    name: str


@dataclass
class GooseFile:
    """What goose sees in one file."""

    up: list[Part] = field(default_factory=list)
    down: list[Part] = field(default_factory=list)
    """One part for each query that goose sends."""
    blocks: set[int] = field(default_factory=set)
    """Lines on which a part begins that stood between StatementBegin and StatementEnd."""
    transaction: bool = True
    has_down: bool = False
    up_error: GooseError | None = None
    down_error: GooseError | None = None
    unset: list[Unset] = field(default_factory=list)
    lost: list[int] = field(default_factory=list)
    """Lines that goose drops: the first one after an empty block."""


@remembered
def parse(text: str, variables: tuple[tuple[str, str], ...] = ()) -> GooseFile:
    """Read a file as goose does, with these values for the environment's variables."""
    machine = _Machine(dict(variables))
    for number, line in enumerate(text.split("\n"), 1):
        if not machine.take(number, line.removesuffix("\r")):
            return machine.file
    machine.finish()
    return machine.file


class _Machine:
    """goose's states: before Up, in a direction, and whether inside StatementBegin/StatementEnd."""

    def __init__(self, variables: dict[str, str]):
        self.file = GooseFile()
        self._variables = variables
        self._direction = ""
        self._block_line = 0
        self._substitutes = False
        self._loses_next = False
        self._buffer: list[str] = []
        self._buffer_line = 0
        self._line = 0

    def take(self, number: int, line: str) -> bool:
        """One line; False when goose stops at it."""
        self._line = number
        if "+goose" in line and line.lstrip().startswith("--"):
            going_on = self._annotate(line)
            self._keep_line_numbers()
            return going_on
        if not self._buffer and (not line or line.lstrip().startswith("--")):
            return True
        if not self._direction:
            return not line.strip() or self._refuse(
                "there is SQL before '-- +goose Up'; goose wants Up first"
            )
        if self._loses_next:
            self._loses_next = False
            self.file.lost.append(number)
            return True
        if not self._buffer:
            self._buffer_line = number
        self._buffer.append(self._substituted(line))
        if not self._block_line and _ends_with_semicolon(line):
            self._store()
        return True

    def finish(self) -> None:
        if not self._direction:
            self._refuse("there is no '-- +goose Up'")
        elif self._block_line:
            self._line = self._block_line
            self._refuse("'-- +goose StatementBegin' has no '-- +goose StatementEnd'")
        else:
            self._check_unfinished()

    def _annotate(self, line: str) -> bool:
        if line.startswith((" ", "\t")):
            return self._refuse("there is a blank before the annotation; it must begin the line")
        command = line.replace("--", "").replace("+goose", "", 1).strip()
        annotation = _ANNOTATIONS.get(command.casefold())
        if annotation is None:
            return self._refuse(f"{command or 'nothing'!r} is no goose annotation")
        handlers: dict[str, Callable[[], bool]] = {
            "Up": self._up,
            "Down": self._down,
            "StatementBegin": self._begin,
            "StatementEnd": self._end,
        }
        if annotation in handlers:
            return handlers[annotation]()
        if annotation == "NO TRANSACTION":
            self.file.transaction = False
        else:
            self._substitutes = annotation == "ENVSUB ON"
        return True

    def _up(self) -> bool:
        if self._direction:
            return self._refuse("'-- +goose Up' stands here a second time")
        self._direction = "up"
        return True

    def _down(self) -> bool:
        if self._direction != "up" or self._block_line:
            return self._refuse(
                "'-- +goose Down' must come once, after '-- +goose Up' and outside of a block"
            )
        self._check_unfinished()
        self._loses_next = False
        self._direction = "down"
        self.file.has_down = True
        return True

    def _begin(self) -> bool:
        if not self._direction or self._block_line:
            return self._refuse(
                "'-- +goose StatementBegin' must come after Up or Down, and not inside another one"
            )
        self._block_line = self._line
        self._loses_next = False
        return True

    def _end(self) -> bool:
        if not self._block_line:
            return self._refuse("'-- +goose StatementEnd' has no '-- +goose StatementBegin' before it")
        if self._buffer:
            self.file.blocks.add(self._buffer_line)
            self._store()
        else:
            self._loses_next = True
        self._block_line = 0
        return True

    def _keep_line_numbers(self) -> None:
        if self._buffer:
            self._buffer.append("")

    def _store(self) -> None:
        parts = self.file.up if self._direction == "up" else self.file.down
        parts.append(Part("\n".join(self._buffer), self._buffer_line))
        self._buffer = []

    def _check_unfinished(self) -> None:
        if "".join(self._buffer).strip():
            error = GooseError(
                self._buffer_line, "the statement has no ';' at the end of its last line, before any comment"
            )
            if self._direction == "up":
                self.file.up_error = self.file.up_error or error
            else:
                self.file.down_error = self.file.down_error or error
        self._buffer = []

    def _refuse(self, message: str) -> bool:
        error = GooseError(self._line, message)
        self.file.up_error = self.file.up_error or error
        self.file.down_error = self.file.down_error or error
        return False

    def _substituted(self, line: str) -> str:
        return _VARIABLE.sub(self._value, line) if self._substitutes and "$" in line else line

    def _value(self, match: re.Match[str]) -> str:
        name = match["bare"] or match["name"]
        if not name:
            return "$"
        value = self._variables.get(name)
        if value is not None and not (value == "" and match["operator"] == ":-"):
            return value
        if match["operator"] in (":-", "-"):
            return match["default"]
        self.file.unset.append(Unset(self._line, name))
        return match[0]


def _ends_with_semicolon(line: str) -> bool:
    if ";" not in line:
        return False
    last = ""
    for word in line.split():
        if word.startswith("--"):
            break
        last = word
    return last.endswith(";")
