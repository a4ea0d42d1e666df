"""What of a history that was heard is there before a change of files, and what the change brings."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from functools import cache

from checks.errors import FileError
from checks.model.migrations import History, Migration
from checks.trees import Tree
from checks.trees.tree import read_text

_BEFORE_AN_ID = r"(?:\bid[\"']?\s*[=:]\s*[\"']?|^\s*--\s*changeset\s+[^\s:]+:[\"']?)"
_BEHIND_AN_ID = r"(?=[\"'\s,}>]|$)"
"""How Liquibase's changelogs give a changeset its id: XML, JSON, YAML, and formatted SQL."""


def parted(history: History, base: Tree, head: Tree) -> tuple[History, History]:
    """The history before and after: what ``head`` has and ``base`` has not is new.

    A migration without a file in ``head`` came with an installed package. When nothing is new, all of it is.
    """
    texts = cache(lambda path: _text(base, path))
    there = frozenset(head.paths())
    new = [one for one in history.migrations if one.path in there and _is_new(one, texts(one.path), history)]
    quiet = [path for path in history.silent if path in there and texts(path) is None]
    if not (new or quiet):
        new = [*history.migrations]
    old = [one for one in history.migrations if one not in new]
    before = history.model_copy(update={"silent": tuple(one for one in history.silent if one not in quiet)})
    return _with(before, old), _with(history, [*old, *new])


def as_files(history: History, tree: Tree) -> History:
    """With digests of the files as ``tree`` has them, so that an edited one is seen. Not for files of many migrations."""
    if history.tool == "liquibase":
        return history
    return _with(history, [_as_file(one, tree) for one in history.migrations])


def _is_new(migration: Migration, before: str | None, history: History) -> bool:
    if before is None or history.tool != "liquibase":
        return before is None
    wanted = f"{_BEFORE_AN_ID}{re.escape(migration.name)}{_BEHIND_AN_ID}"
    return re.search(wanted, before, re.MULTILINE | re.IGNORECASE) is None


def _as_file(migration: Migration, tree: Tree) -> Migration:
    text = _text(tree, migration.path)
    if text is None:
        return migration
    return migration.model_copy(update={"digest": hashlib.sha256(text.encode()).hexdigest()})


def _text(tree: Tree, path: str) -> str | None:
    """None for what is no text file of the tree."""
    try:
        return read_text(tree, path)
    except FileError:
        return None


def _with(history: History, migrations: Sequence[Migration]) -> History:
    return history.model_copy(update={"migrations": tuple(migrations)})
