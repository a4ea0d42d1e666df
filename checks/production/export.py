"""The query that a user runs on production."""

from __future__ import annotations

from pathlib import Path


def export_query() -> str:
    """One SELECT that gives one row with one JSON document (``Statistics``)."""
    return Path(__file__).with_name("export.sql").read_text()
