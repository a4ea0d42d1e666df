"""What production's statistics say of the tables of a change."""

from __future__ import annotations

from checks.model.base import Model


class ProductionTable(Model):
    """What production's statistics say of a table that the change works on or locks."""

    relation: str
    rows: int | None
    """None when production does not know: the table was never analysed."""
    heap_bytes: int
    total_bytes: int
    """With indexes and TOAST."""
    writes_per_second: float | None
    scans_per_second: float | None


class Production(Model):
    """The statistics of production that this report rests on."""

    source: str
    """The file of the base, or the secret."""
    taken_on: str
    """The day, ``2026-11-28``."""
    age_days: int
    postgres: str
    tables: tuple[ProductionTable, ...] = ()
    missing: tuple[str, ...] = ()
    """Tables of the change of which the statistics know nothing."""
    notes: tuple[str, ...] = ()
    """What to know before relying on them, a sentence each."""
