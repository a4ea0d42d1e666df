"""Where two schemas are not the same."""

from __future__ import annotations

from enum import StrEnum

from checks.model.base import Model


class DifferenceKind(StrEnum):
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


class Significance(StrEnum):
    """How much a difference between two schemas matters."""

    SEMANTIC = "semantic"
    """Columns, types, constraints, indexes, code: something behaves differently."""
    PRIVILEGE = "privilege"
    COMMENT = "comment"
    ORDER = "order"
    """Only the position of columns."""


class Difference(Model):
    """One object that is not the same in two schemas."""

    kind: DifferenceKind
    object_type: str
    """``table``, ``column``, ``index``, ``constraint``, ``trigger`` …"""
    name: str
    property: str | None = None
    """Which property changed (``type``, ``default``, ``definition``); None when added or removed."""
    before: str | None = None
    after: str | None = None
    significance: Significance = Significance.SEMANTIC

    def __str__(self) -> str:
        if self.kind is DifferenceKind.CHANGED:
            return f"{self.object_type} {self.name}: {self.property} was {self.before}, is {self.after}"
        return (
            f"{self.object_type} {self.name} {'is new' if self.kind is DifferenceKind.ADDED else 'is gone'}"
        )
