"""The one interface that all trees share, and the simplest of them."""

from __future__ import annotations

from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Mapping, Sequence
from typing import Protocol

from checks.errors import FileError

MAX_FILE_BYTES = 5_000_000
"""A larger file is no migration that a person reviews; reading one raises FileError."""


class Tree(Protocol):
    """The regular files of one revision. Paths are POSIX and relative to the root."""

    @property
    def label(self) -> str:
        """What a person calls it: a commit's short hash, ``working tree``."""
        ...

    def paths(self) -> Sequence[str]:
        """All regular files, sorted; symbolic links and submodules are left out."""
        ...

    def read(self, path: str) -> bytes:
        """The bytes of one file. Raises FileError when it is missing or over ``MAX_FILE_BYTES``."""
        ...


class MemoryTree:
    """A tree from a dictionary of path → content."""

    def __init__(self, files: Mapping[str, str | bytes], label: str = "memory"):
        self.label = label
        self._files = {path: body.encode() if isinstance(body, str) else body for path, body in files.items()}

    def paths(self) -> Sequence[str]:
        return sorted(self._files)

    def read(self, path: str) -> bytes:
        if path not in self._files:
            raise FileError("no such file", path=path)
        check_size(path, len(self._files[path]))
        return self._files[path]


def check_size(path: str, size: int) -> None:
    if size > MAX_FILE_BYTES:
        raise FileError(
            f"{size:,} bytes; the limit for one migration file is {MAX_FILE_BYTES:,}",
            hint="Load data outside of migrations, or split the file.",
            path=path,
        )


def read_text(tree: Tree, path: str) -> str:
    """A file as text. Raises FileError when it is not UTF-8 or holds a NUL byte (PostgreSQL takes neither)."""
    body = tree.read(path)
    if body.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        raise FileError("is UTF-16, not UTF-8", hint="Save the file as UTF-8.", path=path, line=1)
    if b"\0" in body:
        line = body[: body.index(b"\0")].count(b"\n") + 1
        raise FileError("holds a NUL byte, which PostgreSQL does not accept", path=path, line=line)
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = body[: error.start].count(b"\n") + 1
        raise FileError(
            f"is not UTF-8 (byte 0x{body[error.start]:02x})",
            hint="Save the file as UTF-8.",
            path=path,
            line=line,
        ) from error
