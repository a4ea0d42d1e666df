"""How the engine says what it is doing, so that a door can show it."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    def __call__(self, what: str, done: int = 0, total: int = 0) -> None:
        """``what`` is being done now; ``done`` of ``total`` steps of it, when they can be counted."""
        ...


def silent(what: str, done: int = 0, total: int = 0) -> None:
    """Nobody listens."""
