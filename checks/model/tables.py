"""The tables of a change as they were before it, without any value of their rows."""

from __future__ import annotations

from checks.model.base import Model


class ColumnShape(Model):
    name: str
    type: str
    not_null: bool


class TableShape(Model):
    """A table that was there before a migration, without any value of its rows."""

    relation: str
    rows: int
    """In the sandbox."""
    columns: tuple[ColumnShape, ...]


class Obstacle(Model):
    """What the catalogs say against changing the rows of a table batch by batch."""

    verbs: tuple[str, ...]
    """``UPDATE``, ``DELETE``, ``INSERT``: the statements that it stands against."""
    columns: tuple[str, ...] = ()
    """Of an UPDATE only those that set one of these; empty: all."""
    reason: str
    """A sentence."""


class Batching(Model):
    """How the rows of a table can be walked in batches, by its catalogs."""

    keys: tuple[tuple[str, ...], ...] = ()
    """Columns that are never NULL and tell each row from all others: the primary key, then unique indexes, the
    narrowest first."""
    obstacles: tuple[Obstacle, ...] = ()


class Partition(Model):
    """A partition, as its catalogs have it."""

    of: str
    """The partitioned table, ``schema.name``."""
    bound: str
    """``FOR VALUES FROM (…) TO (…)``, ``DEFAULT``."""
    conditions: tuple[str, ...] = ()
    """What its bounds say of a row, as SQL, and then those of the tables that it is in; empty where SQL has no words for it
    (hash, default)."""
    left_behind: str = ""
    """The name of the CHECK that DETACH … CONCURRENTLY gives it."""

    @property
    def is_default(self) -> bool:
        return self.bound == "DEFAULT"
