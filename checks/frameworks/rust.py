"""Which database a Rust project is for, as its ``Cargo.toml`` files say."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from typing import Any

from checks.errors import FileError
from checks.frameworks.view import View, join, parent

_OTHERS = frozenset({"mysql", "mysql_backend", "sqlite", "sqlite-unbundled", "mariadb"})


def is_for_postgres(view: View, folder: str, crate: str) -> bool:
    """False when the crate's features name other databases and never PostgreSQL."""
    features = {feature for entry in _entries(view, folder, crate) for feature in _features(entry)}
    return any(feature.startswith("postgres") for feature in features) or not features & _OTHERS


def _entries(view: View, folder: str, crate: str) -> Iterator[Any]:
    """What every manifest in the folder or above it says about the crate."""
    while True:
        path = join(folder, "Cargo.toml")
        if view.has(path):
            yield from _dependencies(_manifest(view, path), crate)
        if not folder:
            return
        folder = parent(folder)


def _manifest(view: View, path: str) -> dict[str, Any]:
    """The manifest; empty when cargo could not read it either."""
    try:
        return tomllib.loads(view.text(path))
    except (FileError, tomllib.TOMLDecodeError):
        return {}


def _dependencies(manifest: dict[str, Any], crate: str) -> Iterator[Any]:
    for name, table in manifest.items():
        if name.endswith("dependencies") and isinstance(table, dict) and crate in table:
            yield table[crate]
    workspace = manifest.get("workspace")
    if isinstance(workspace, dict):
        yield from _dependencies(workspace, crate)


def _features(entry: Any) -> Iterator[str]:
    features = entry.get("features") if isinstance(entry, dict) else None
    if isinstance(features, list):
        yield from (feature for feature in features if isinstance(feature, str))
