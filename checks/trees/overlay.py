"""A tree with other files laid over it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from checks.trees.tree import Tree


class OverlayTree:
    """The tree as if these files had been written into it."""

    def __init__(self, tree: Tree, files: Mapping[str, str]):
        self.label = tree.label
        self._tree = tree
        self._files = {path: text.encode() for path, text in files.items()}

    def paths(self) -> Sequence[str]:
        return sorted({*self._tree.paths(), *self._files})

    def read(self, path: str) -> bytes:
        return self._files[path] if path in self._files else self._tree.read(path)
