"""What is made of a snapshot, and where."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from checks.ash.quoting import identifier

if TYPE_CHECKING:
    from checks.ash.snapshot import Snapshot


class Kind(StrEnum):
    """What of a resource a command makes."""

    TABLE = "table"
    ATTRIBUTE = "attribute"
    PRIMARY_KEY = "primary key"
    REFERENCE = "reference"
    IDENTITY = "identity"
    INDEX = "index"
    CHECK = "check constraint"
    STATEMENT = "custom statement"
    EXTENSION = "extension"


class Command(NamedTuple):
    kind: Kind
    name: str
    """Of the attribute, or of the index or constraint in the database."""
    elixir: str
    default: bool = True
    """Whether the snapshot's default is in it: one that is no constant cannot be."""


class Site(NamedTuple):
    """Where a table is made, and where it really is."""

    made_in: str
    schema: str
    primary_keys: Callable[[str, str], bool]
    """Whether a column of a table is (in) its primary key, by the snapshots: old ones do not say it of references."""

    def table(self, snapshot: Snapshot) -> str:
        """The table that is made, as SQL names it."""
        return f"{identifier(self.made_in)}.{identifier(snapshot.table)}"
