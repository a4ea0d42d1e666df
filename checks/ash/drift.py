"""What the review of a change says of its snapshots."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from checks.ash.deviation import Deviation
from checks.model.findings import Unproven
from checks.model.migrations import Problem


class Cause(StrEnum):
    """What of the change made snapshot and database differ."""

    SNAPSHOT = "snapshot"
    """The snapshot was changed, the table was not."""
    MIGRATION = "migration"
    """The table was changed, the snapshot was not."""
    BOTH = "both"
    """Both were, and not in the same way; or a migration that was applied reads otherwise now."""
    DELETED = "deleted"
    """The snapshot is gone, the table is not."""
    EXTENSIONS = "extensions"


class Drift(NamedTuple):
    """A deviation that the base does not have."""

    deviation: Deviation
    cause: Cause
    path: str
    """The snapshot, or the migration that changes the table."""
    line: int
    snapshot: str
    """Path of the snapshot."""
    resource: str | None = None
    """The module of the application that has this table."""


class SnapshotReview(NamedTuple):
    """Everything new about the snapshots of one folder of migrations."""

    command: str
    """That writes them anew: ``mix ash.codegen``."""
    drifts: tuple[Drift, ...] = ()
    problems: tuple[Problem, ...] = ()
    """Files that are no snapshots."""
    dev: tuple[str, ...] = ()
    """Files that ``mix ash.codegen --dev`` left."""
    generated: frozenset[str] = frozenset()
    """Changed migrations that ash_postgres wrote."""
    tables: frozenset[str] = frozenset()
    """``schema.table`` of all snapshots."""
    unproven: tuple[Unproven, ...] = ()
