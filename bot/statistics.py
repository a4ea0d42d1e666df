"""Production's statistics where they are no file of the repository: a secret in the environment, or a file by itself."""

from __future__ import annotations

import os
from pathlib import Path

from checks.errors import SettingsError
from checks.production.read import parse_statistics
from checks.production.statistics import Statistics

SECRET = "MIGRATION_STATS"
"""The JSON of ``migration stats export`` itself. It wins over ``stats`` of the configuration."""
MOST_BYTES = 50_000_000


def secret_statistics() -> Statistics | None:
    """Those of the environment; None when there are none. Raises SettingsError."""
    text = os.environ.get(SECRET, "").strip()
    return parse_statistics(text, SECRET) if text else None


def read_file(path: Path) -> Statistics:
    """Raises SettingsError."""
    if path.stat().st_size > MOST_BYTES:
        raise SettingsError(f"has more than {MOST_BYTES:,} bytes", path=str(path))
    try:
        return parse_statistics(path.read_text("utf-8-sig"), str(path))
    except UnicodeDecodeError as error:
        raise SettingsError("is not UTF-8", hint="Let psql write the file.", path=str(path)) from error
