"""What a framework file offers, and how a folder finds its tool.

A framework is a module of this package with a ``FRAMEWORK`` object; it is found by being there.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum
from typing import NamedTuple, Protocol

from checks.frameworks.view import View
from checks.model.migrations import History
from checks.settings import Settings


class Strength(IntEnum):
    """Why a framework believes that a folder is its own; the strongest claim wins the folder."""

    FALLBACK = 0
    """The names begin with numbers, and that is all."""
    GRAMMAR = 1
    """Only the file names fit."""
    DEPENDENCY = 2
    """The names fit, and the project's dependencies name the tool (``go.mod``, ``Cargo.toml`` …)."""
    DIRECTIVE = 3
    """A marker inside the files is this tool's (``-- +goose Up``)."""
    MARKER = 4
    """A file that only this tool has (``sqitch.plan``, ``atlas.sum``, ``migration_lock.toml``)."""


class Claim(NamedTuple):
    """A folder that a framework recognises."""

    tool: str
    folder: str
    strength: Strength
    files: tuple[str, ...]
    """The paths that speak for it; for DIRECTIVE only those that hold the directive. The larger number
    wins between equal strengths, and a loser's file that the winner does not claim is a mixed folder."""
    inside: tuple[str, ...] = ()
    """Folders below that belong to it (Flyway reads them too, sqitch keeps its scripts there); claims of
    others on them, or on anything below them, do not count."""
    postgres: bool = True
    """False when the tool's own files name another database: if the claim wins, the folder is left out."""


class Framework(Protocol):
    @property
    def name(self) -> str:
        """The id in reports and configuration: ``goose``, ``golang-migrate`` …"""
        ...

    def claims(self, view: View) -> Iterable[Claim]:
        """The folders that hold this tool's migrations for PostgreSQL."""
        ...

    def read(self, view: View, folder: str, settings: Settings) -> History:
        """The history in that folder. Never raises for what a file says: that becomes a Problem or ``opaque``."""
        ...
