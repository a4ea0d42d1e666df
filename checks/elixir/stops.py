"""The three ways in which an evaluation does not come to its end."""

from __future__ import annotations


class DynamicError(Exception):
    """The file alone does not say what happens here: one sentence, and the line."""

    def __init__(self, reason: str, line: int) -> None:
        super().__init__(reason)
        self.reason = reason
        self.line = line


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
