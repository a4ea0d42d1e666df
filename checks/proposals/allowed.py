"""Which files a proposal may bring: new migrations of the one folder, under names that the tool reads."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from checks.model.findings import AdviceFile
from checks.model.migrations import Change, ChangeKind
from checks.proposals.model import Proposal

MOST_FILES = 12
MOST_CHARACTERS = 40_000
"""Of all files together."""
MOST_QUERIES = 8
MOST_QUERY_CHARACTERS = 2_000
MOST_PATH_CHARACTERS = 200

NO_FILES = "It holds no migration."
TOO_MANY_FILES = f"It holds more than {MOST_FILES} files."
TOO_LARGE = f"Its files are longer than {MOST_CHARACTERS:,} characters together."
TOO_MANY_QUERIES = f"It holds more than {MOST_QUERIES} validation queries, or one of more than {MOST_QUERY_CHARACTERS:,} characters."
OUTSIDE = "A file is not a plain name inside of `{folder}`, so nothing of it was run: `{path}`."
TAKEN = "`{path}` belongs to a migration that the base has applied, and is never changed."
NOT_READ = "{tool} would not read `{path}` as a new migration."
TWICE = "`{path}` is there twice."
CHANGES = "It changes or takes away the migration `{path}`, which the base has applied."
OLD = "`{path}` would come before migrations that are applied already."
REFUSED = "{tool} refuses `{path}`: {reason}."

_PLAIN = re.compile(r"[\w.+@ -]+(?:/[\w.+@ -]+)*", re.ASCII)


def refused(proposal: Proposal, change: Change) -> str | None:
    """Why nothing of it is run, as a sentence; from its names and sizes alone."""
    if not proposal.files:
        return NO_FILES
    if len(proposal.files) > MOST_FILES:
        return TOO_MANY_FILES
    if sum(len(file.content) for file in proposal.files) > MOST_CHARACTERS:
        return TOO_LARGE
    if len(proposal.queries) > MOST_QUERIES or any(
        len(one) > MOST_QUERY_CHARACTERS for one in proposal.queries
    ):
        return TOO_MANY_QUERIES
    return next(_bad_paths(proposal.files, change), None)


def _bad_paths(files: tuple[AdviceFile, ...], change: Change) -> Iterator[str]:
    applied = {path for migration in change.base.migrations for path in migration.files}
    seen: set[str] = set()
    for file in files:
        if not _is_inside(file.path, change.head.folder) or "\0" in file.content:
            yield OUTSIDE.format(folder=change.head.folder or ".", path=file.path[:MOST_PATH_CHARACTERS])
        elif file.path in applied:
            yield TAKEN.format(path=file.path)
        elif file.path in seen:
            yield TWICE.format(path=file.path)
        seen.add(file.path)


def _is_inside(path: str, folder: str) -> bool:
    """A plain relative path below the folder, spelled the one way there is; no part of it is hidden."""
    parts = path.split("/")
    is_plain = bool(_PLAIN.fullmatch(path)) and len(path) <= MOST_PATH_CHARACTERS
    is_normal = posixpath.normpath(path) == path and not any(part.startswith(".") for part in parts)
    return is_plain and is_normal and (not folder or path.startswith(f"{folder}/"))


def misread(proposal: Proposal, change: Change) -> str | None:
    """Why it is no change of new migrations; ``change`` is what the tool's reader makes of it."""
    for changed in change.migrations:
        if changed.kind is not ChangeKind.ADDED:
            return CHANGES.format(path=changed.migration.path)
        if changed.out_of_order:
            return OLD.format(path=changed.migration.path)
        if changed.migration.opaque or changed.migration.gaps:
            reason = changed.migration.opaque or changed.migration.gaps[0].reason
            return REFUSED.format(
                tool=change.head.tool, path=changed.migration.path, reason=reason.rstrip(".")
            )
    read = {path for changed in change.pending for path in changed.migration.files}
    for file in proposal.files:
        if file.path not in read:
            return NOT_READ.format(tool=change.head.tool, path=file.path)
    return None
