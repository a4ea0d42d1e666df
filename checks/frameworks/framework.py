"""What a framework file offers, and how a folder finds its tool.

A framework is a module of this package with a ``FRAMEWORK`` object; it is found by being there.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Protocol
from collections.abc import Iterable

from checks.model import History
from checks.settings import Settings
from checks.trees import Tree


class Strength(IntEnum):
    """Why a framework believes that a folder is its own; the strongest claim wins the folder."""

    GRAMMAR = 1
    """Only the file names fit."""
    DIRECTIVE = 2
    """A marker inside the files is this tool's (``-- +goose Up``)."""
    MARKER = 3
    """A file that only this tool has (``sqitch.plan``, ``atlas.sum``, ``migration_lock.toml``)."""


@dataclass(frozen=True)
class Claim:
    """A folder that a framework recognises."""

    tool: str
    folder: str
    strength: Strength
    files: int
    """How many migration files it would read there; the larger number wins between equal strengths."""


class Framework(Protocol):
    name: str
    """The id in reports and configuration: ``goose``, ``golang-migrate`` …"""

    def claims(self, tree: Tree) -> Iterable[Claim]:
        """The folders of the tree that hold this tool's migrations for PostgreSQL."""
        ...

    def read(self, tree: Tree, folder: str, settings: Settings) -> History:
        """The history in that folder. Never raises for what a file says: that becomes a Problem or ``opaque``."""
        ...
