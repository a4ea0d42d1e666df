"""One thing that a snapshot says and PostgreSQL has otherwise."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from checks.ash.vocabulary import Kind


class Aspect(StrEnum):
    MISSING = "missing"
    """The snapshot says it, the database does not have it."""
    EXTRA = "extra"
    """The database has it, the snapshot does not say it."""
    TYPE = "type"
    NULLABILITY = "nullability"
    DEFAULT = "default"
    DEFINITION = "definition"
    NAME = "name"


class Deviation(NamedTuple):
    table: str
    """``schema.table``"""
    kind: Kind
    name: str
    aspect: Aspect
    snapshot: str | None = None
    """What the snapshot says, in PostgreSQL's words; None when nothing."""
    database: str | None = None
    """What PostgreSQL has."""

    def __str__(self) -> str:
        sides = f"snapshot {self.snapshot or 'nothing'}, database {self.database or 'nothing'}"
        return f"{self.table}, {self.kind} {self.name} ({self.aspect}): {sides}"
