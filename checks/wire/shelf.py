"""Texts by name, as many as fit: what a connection has prepared and bound."""

from __future__ import annotations

from typing import Generic, TypeVar

MOST_CHARACTERS = 64_000_000
MOST = 20_000

Kept = TypeVar("Kept")


class Shelf(Generic[Kept]):
    """When it is full, everything is forgotten: what is not known is said to be unknown, and never guessed."""

    def __init__(self) -> None:
        self._kept: dict[str, Kept] = {}
        self._characters = 0

    def put(self, name: str, value: Kept, characters: int) -> None:
        self._characters += characters
        if self._characters > MOST_CHARACTERS or len(self._kept) >= MOST:
            self.clear()
            return
        self._kept[name] = value

    def get(self, name: str) -> Kept | None:
        return self._kept.get(name)

    def drop(self, name: str) -> None:
        self._kept.pop(name, None)

    def clear(self) -> None:
        self._kept.clear()
        self._characters = 0
