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
"""The folder of the cache that holds them, each under its release: ``17.10.0-beta.17``."""


def find(wanted: int | None) -> Iterator[Binaries]:
    """Every installed or fetched version that could serve as ``wanted``."""
    for directory, version in (*_of_the_system(), *fetched()):
        if version and wanted in (None, int(version.split(".")[0])):
            yield Binaries(directory, "installed", version, (directory.parent,))


def _of_the_system() -> Iterator[tuple[Path, str | None]]:
    found = [path for pattern in DISTRIBUTIONS for path in Path("/").glob(pattern.lstrip("/"))]
    if on_path := shutil.which("initdb"):
        found.append(Path(on_path).resolve().parent)
    for directory in sorted({path.resolve() for path in found}):
        if _is_complete(directory):
            yield directory, read_version(directory)


def fetched() -> Iterator[tuple[Path, str]]:
    """Their names tell the version; starting each of them to ask would cost more than a server's start."""
    for directory in sorted((cache_directory() / FETCHED).glob("[0-9]*/native/bin")):
        if _is_complete(directory):
            major, minor, *_ = directory.parents[1].name.split(".")
            yield directory, f"{major}.{minor}"


def _is_complete(directory: Path) -> bool:
    return (directory / "initdb").is_file() and (directory / "postgres").is_file()
