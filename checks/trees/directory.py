"""A plain folder as a tree: the examples, and anything that is not a git repository."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

from checks.errors import FileError
from checks.trees.tree import check_size


class DirectoryTree:
    """The regular files below a folder, except those left out."""

    def __init__(self, root: Path, label: str, leave_out: Collection[str] = ()):
        self.label = label
        self._root = root
        found = (path for path in root.rglob("*") if path.is_file() and not path.is_symlink())
        names = (path.relative_to(root).as_posix() for path in found)
        self._paths = sorted(name for name in names if name not in leave_out)

    def paths(self) -> Sequence[str]:
        return self._paths

    def read(self, path: str) -> bytes:
        if path not in self._paths:
            raise FileError("no such file", path=path)
        check_size(path, (self._root / path).stat().st_size)
        return (self._root / path).read_bytes()
