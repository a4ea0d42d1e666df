"""Where files come from: read-only views of one revision, never a checkout of strangers' code."""

from checks.trees.kept import KeptTree
from checks.trees.overlay import OverlayTree
from checks.trees.tree import MAX_FILE_BYTES, MemoryTree, Tree

__all__ = ["MAX_FILE_BYTES", "KeptTree", "MemoryTree", "OverlayTree", "Tree"]
