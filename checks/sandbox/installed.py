"""PostgreSQL that is on the machine: on PATH, in a distribution's folder, or fetched by ``migration sandbox install``."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from checks.sandbox.binaries import Binaries, read_version
from checks.sandbox.places import cache_directory

DISTRIBUTIONS = (
    "/usr/lib/postgresql/*/bin",  # Debian, Ubuntu
    "/usr/pgsql-*/bin",  # PGDG on Red Hat
    "/usr/lib/postgresql*/bin",  # SUSE
    "/usr/libexec/postgresql*",  # Alpine
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
    "/Applications/Postgres.app/Contents/Versions/*/bin",
)
FETCHED = "postgresql"


def find(wanted: int | None) -> Iterator[Binaries]:
    """Every installed or fetched version that could serve as ``wanted``."""
    for directory in _directories():
        version = read_version(directory)
        if version and wanted in (None, int(version.split(".")[0])):
            yield Binaries(directory, "installed", version, (directory.parent,))


def _directories() -> list[Path]:
    """Each real directory with ``initdb`` and ``postgres`` in it, once."""
    found = [path for pattern in DISTRIBUTIONS for path in Path("/").glob(pattern.lstrip("/"))]
    if on_path := shutil.which("initdb"):
        found.append(Path(on_path).resolve().parent)
    found += (cache_directory() / FETCHED).glob("*/native/bin")
    complete = (
        path.resolve() for path in found if (path / "initdb").is_file() and (path / "postgres").is_file()
    )
    return sorted(set(complete))
