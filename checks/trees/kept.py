"""A tree each of whose files is read once."""

from __future__ import annotations

from collections.abc import Sequence

from checks.trees.tree import Tree

_KEPT_BYTES = 200_000_000
"""More than this is read again when it is wanted again: a stranger's tree must not fill the memory."""


class KeptTree:
    """``under``, with its files kept in memory once they are read."""

    def __init__(self, under: Tree):
        self.label = under.label
        self._under = under
        self._bodies: dict[str, bytes] = {}
        self._kept = 0

    def paths(self) -> Sequence[str]:
        return self._under.paths()

    def read(self, path: str) -> bytes:
        """Raises FileError as the tree does."""
        body = self._bodies.get(path)
        if body is None:
            body = self._under.read(path)
            self._kept += len(body)
            if self._kept <= _KEPT_BYTES:
                self._bodies[path] = body
        return body
