"""What a rule looks at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from checks.catalog import Catalog
from checks.model import (
    Certainty, Change, ChangedMigration, Finding, Migration, Observation, RollbackProof, Script, Severity,
)
from checks.settings import Settings

if TYPE_CHECKING:
    from google.protobuf.message import Message


@dataclass(frozen=True)
class Step:
    """One new migration, as it was run."""

    changed: ChangedMigration
    id: str
    observations: tuple[Observation, ...]
    """Of the up script, in order; ids are ``<id>/up/<n>``."""
    before: Catalog
    after: Catalog
    rows_before: dict[str, int]
    """Rows of each table that existed, when the migration ran; synthetic and seeded ones."""
    proof: RollbackProof

    @property
    def migration(self) -> Migration: return self.changed.migration


@dataclass(frozen=True)
class Review:
    """One change of one history, run."""

    change: Change
    steps: tuple[Step, ...]
    base: Catalog
    """The schema before the first new migration: a relation that is not in it is not live."""
    settings: Settings
    postgres: int
    """``server_version_num``."""
