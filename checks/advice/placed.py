"""Which files an Advice takes the place of."""

from __future__ import annotations

from collections.abc import Sequence

from checks.errors import FileError
from checks.model.findings import AdviceFile
from checks.trees import Tree


def placed(files: Sequence[AdviceFile], head: Tree) -> tuple[AdviceFile, ...]:
    return tuple(file.model_copy(update={"replaces": _lines(file.path, head)}) for file in files)


def _lines(path: str, head: Tree) -> int:
    """Of a file at head, ended or not; 0 when there is none."""
    try:
        body = head.read(path)
    except FileError:
        return 0
    return body.count(b"\n") + (not body.endswith(b"\n"))
