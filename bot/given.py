"""Files as a command line names them, ``-`` being standard input."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from checks.errors import UsageError
from checks.trees import MAX_FILE_BYTES

STDIN = Path("-")
PASTED = "stdin.sql"


def expect_there(paths: Sequence[Path], hint: str) -> None:
    """Raise UsageError for a path that is not there, or in a folder that must not be looked into."""
    for path in paths:
        try:
            is_there = path == STDIN or path.exists()
        except OSError as error:
            raise UsageError(f"{path}: {(error.strerror or 'cannot be read').lower()}", hint=hint) from error
        if not is_there:
            raise UsageError(f"{path}: no such file or folder", hint=hint)


def name_of(path: Path) -> str:
    """As people call it from here."""
    if path == STDIN:
        return PASTED
    inside = path.is_absolute() and path.is_relative_to(Path.cwd())
    return (path.relative_to(Path.cwd()) if inside else path).as_posix().lstrip("/")


def body_of(path: Path) -> bytes:
    """One byte more than the limit at most: the tree refuses what is too large."""
    if path == STDIN:
        return sys.stdin.buffer.read(MAX_FILE_BYTES + 1)
    with path.open("rb") as file:
        return file.read(MAX_FILE_BYTES + 1)
