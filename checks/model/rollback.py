"""What up, down and up again of one migration showed."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from checks.model.base import Model
from checks.model.differences import Difference
from checks.model.observations import Observation, SqlError


class DataLoss(Model):
    """Values that were there before up, and are not after up and down."""

    relation: str
    column: str | None
    """None when whole rows are gone or changed in number."""
    rows: int
    only_nulls: bool = False
    """Every value is still there: where these rows had NULL, they have a value now."""


class RollbackStatus(StrEnum):
    RESTORED = "restored"
    DATA_LOST = "data-lost"
    DIFFERS = "differs"
    FAILED = "failed"
    MISSING = "missing"
    IRREVERSIBLE = "irreversible"
    UNPROVEN = "unproven"


class RollbackProof(Model):
    """up → down → up again of one migration alone, on the state before it."""

    status: RollbackStatus
    drafted: bool = False
    """The tool or the author gave no down; this proof is about ``draft``."""
    draft: str | None = None
    """The drafted down script, as SQL."""
    down: tuple[Observation, ...] = ()
    differences: tuple[Difference, ...] = ()
    """Schema before up against schema after down."""
    data_lost: tuple[DataLoss, ...] = ()
    up_again: Literal["identical", "differs", "failed", "not tried"] = "not tried"
    up_again_differences: tuple[Difference, ...] = ()
    up_again_error: SqlError | None = None
    reason: str = ""
    """One sentence: why it is not ``restored``."""
