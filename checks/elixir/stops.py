"""The three ways in which an evaluation does not come to its end."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """What a part that is not constant means for the rest."""

    CODE = "code"
    """It may do anything, to the schema too."""
    DATA = "data"
    """It reads or writes rows, and leaves the schema as it is."""
    STATE = "state"
    """It depends on what earlier migrations have left, and was worked out from them."""
    DOUBT = "doubt"
    """It was evaluated, with something that the file does not say and that may be another when it runs."""


class DynamicError(Exception):
    """The file alone does not say what happens here: one sentence, and the line."""

    def __init__(self, reason: str, line: int, kind: Kind = Kind.CODE) -> None:
        super().__init__(reason)
        self.reason = reason
        self.line = line
        self.kind = kind


class RaisedError(Exception):
    """What Elixir itself would raise: ``** (ArgumentError) message``."""

    def __init__(self, kind: str, message: str, line: int = 0) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.line = line

    def __str__(self) -> str:
        return f"** ({self.kind}) {self.message}"


class TooMuchError(Exception):
    """A limit on steps, memory or depth was reached."""

    def __init__(self, reason: str, line: int) -> None:
        super().__init__(reason)
        self.reason = reason
        self.line = line
