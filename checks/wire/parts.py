"""What of a history that was heard is there before a change of files, and what the change brings."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache

from checks.errors import FileError
from checks.frameworks.find import find_histories
from checks.frameworks.liquibase import changesets_of
from checks.model.migrations import History, Migration
from checks.settings import Settings
from checks.trees import Tree
from checks.trees.tree import read_text

OF_THE_TOOL = frozenset({"flyway-concurrently-with-lock"})
_BEFORE_AN_ID = r"(?:\bid[\"']?\s*[=:]\s*[\"']?|^\s*--\s*changeset\s+[^\s:]+:[\"']?)"
_BEHIND_AN_ID = r"(?=[\"'\s,}>]|$)"
"""How Liquibase's changelogs give a changeset its id: XML, JSON, YAML, and formatted SQL."""


def parted(history: History, base: Tree, head: Tree, *, else_all: bool = True) -> tuple[History, History]:
    """The history before and after: what ``head`` has and ``base`` has not is new.

    A migration without a file in ``head`` came with an installed package. When nothing is new and nothing was edited, all is
    new: with ``else_all``, and where no file is known by which it could be told.
    """
    texts = cache(lambda path: _text(base, path))
    there = frozenset(head.paths())
    new = [one for one in history.migrations if one.path in there and _is_new(one, texts(one.path), history)]
    quiet = [path for path in history.silent if path in there and texts(path) is None]
    is_known = any(one.path in there for one in history.migrations)
    if not (new or quiet or _is_edited(history, texts, head)) and (else_all or not is_known):
        new = [*history.migrations]
    old = [one for one in history.migrations if one not in new]
    before = history.model_copy(update={"silent": tuple(one for one in history.silent if one not in quiet)})
    return _with(before, old), _with(history, [*old, *new])


def _is_edited(history: History, texts: Callable[[str], str | None], head: Tree) -> bool:
    there = frozenset(head.paths())
    return any(one.path in there and _text(head, one.path) != texts(one.path) for one in history.migrations)


def as_files(before: History, after: History, base: Tree, head: Tree) -> tuple[History, History]:
    """Both with digests of the files as their trees have them, so that an edited one is seen.

    What was heard is what head's files send: before an edit, nobody knows what that was (no ``translation``).
    """
    one, other = _read_from(base, before), _read_from(head, after)
    then = [one(migration) for migration in before.migrations]
    now = [other(migration) for migration in after.migrations]
    known = {migration.version: migration.digest for migration in now}
    then = [
        one if known.get(one.version) == one.digest else one.model_copy(update={"translation": ""})
        for one in then
    ]
    return _with(before, then), _with(after, now)


def with_problems_of_files(history: History, tree: Tree, settings: Settings) -> History:
    """With what is wrong about the tool itself, and told by its files (Flyway, which waits for its own lock)."""
    if history.tool != "flyway":
        return history
    read = (one for one in find_histories(tree, settings) if one.tool == history.tool)
    found = (problem for one in read for problem in one.problems if problem.rule in OF_THE_TOOL)
    return history.model_copy(update={"problems": (*history.problems, *found)})


def _read_from(tree: Tree, history: History) -> Callable[[Migration], Migration]:
    if history.tool == "liquibase":
        changesets = cache(lambda path: changesets_of(tree, path))
        return lambda migration: _as_changeset(migration, changesets(migration.path))
    return lambda migration: _as_file(migration, tree)


def _as_changeset(migration: Migration, written: Mapping[tuple[str, str], Migration]) -> Migration:
    """As its changelog has it; as it was heard where that cannot be read."""
    for (author, id), one in written.items():
        if id == migration.name and migration.version.endswith(f".{author}.{id}"):
            return migration.model_copy(
                update={
                    "digest": one.digest,
                    "checksummed": one.checksummed,
                    "repeatable": one.repeatable,
                    "accepts_edits": one.accepts_edits,
                    "opaque_line": one.up.statements[0].line
                    if one.up and one.up.statements
                    else one.opaque_line,
                }
            )
    return migration


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
