"""A tree with other files in some places: what a proposal would make of a revision."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from checks.errors import FileError
from checks.trees.tree import Tree, check_size


class OverlayTree:
    """``under`` with ``files`` in it (path → text), and without those that are ``gone``."""

    def __init__(self, under: Tree, files: Mapping[str, str], gone: Collection[str] = ()):
        self.label = under.label
        self._under = under
        self._files = {path: text.encode() for path, text in files.items()}
        self._gone = frozenset(gone) - self._files.keys()

    def paths(self) -> Sequence[str]:
        return sorted({*self._under.paths(), *self._files} - self._gone)

    def read(self, path: str) -> bytes:
        if path in self._files:
            check_size(path, len(self._files[path]))
            return self._files[path]
        if path in self._gone:
            raise FileError("no such file", path=path)
        return self._under.read(path)
