"""Files that no migration tool claims: read as they are written."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import PurePosixPath

from checks.errors import UsageError
from checks.frameworks.files import digest, opaque, source, whole_file
from checks.frameworks.psql import read_psql
from checks.frameworks.view import View
from checks.model.migrations import History, Migration, Problem, TransactionMode

TOOL = "file"
_CODE = frozenset(
    {
        "cjs",
        "cs",
        "ex",
        "exs",
        "go",
        "java",
        "js",
        "json",
        "kt",
        "mjs",
        "php",
        "py",
        "rb",
        "rs",
        "ts",
        "xml",
        "yaml",
        "yml",
    }
)
_IS_CODE = "it is code (.{ending}), and only its framework knows what that sends: `migration trace -- COMMAND` hears it"
_MARKERS = re.compile(
    r"^\s*--\s*(?:\+goose|\+migrate|migrate:)\s*(?:Up|Down)\b", re.IGNORECASE | re.MULTILINE
)


def as_written(view: View, order: Sequence[str]) -> History:
    """One statement after the other, each committing by itself: nobody says how they are sent. Raises UsageError."""
    problems: list[Problem] = []
    migrations = [_migration(view, str(place), path, problems) for place, path in enumerate(order, start=1)]
    folders = {str(PurePosixPath(path).parent) for path in order}
    folder = folders.pop() if len(folders) == 1 else "."
    return History(
        tool=TOOL,
        folder="" if folder == "." else folder,
        migrations=tuple(migrations),
        problems=tuple(problems),
        has_downs=False,
    )


def no_statement(paths: Sequence[str]) -> UsageError:
    """Of files in which there is nothing to run: that is no pass, for a pipe that broke must not look like one."""
    named = ", ".join(paths[:3]) + (" …" if len(paths) > 3 else "")
    return UsageError(
        f"{named}: there is no statement in {'it' if len(paths) == 1 else 'them'}",
        hint="Name a file with SQL, or paste some behind `-`.",
    )


def expect_no_markers(path: str, text: str) -> None:
    """A file with the markers of a tool, under a name that the tool does not read: its down would run as a part of its up.

    Raises UsageError.
    """
    found = _MARKERS.search(text)
    if found:
        raise UsageError(
            f"{path} has {found[0]!r} in it, but not the name of a migration: its ways there and back cannot be told apart",
            hint="Give the file as it lies in its folder (`00001_name.sql`), or only the statements.",
        )


def _migration(view: View, version: str, path: str, problems: list[Problem]) -> Migration:
    name, ending = PurePosixPath(path).stem, PurePosixPath(path).suffix[1:].lower()
    if ending in _CODE:
        return opaque(view, version, name, [path], _IS_CODE.format(ending=ending))
    read = source(view, path)
    if read.problem:
        problems.append(read.problem)
        return opaque(view, version, name, [path], "a file that cannot be read")
    expect_no_markers(path, read.text)
    plain = read_psql(read.text)
    if plain.reason:
        return opaque(view, version, name, [path], plain.reason, plain.line)
    return Migration(
        version=version,
        name=name,
        path=path,
        files=(path,),
        digest=digest(view, [path]),
        up=whole_file(path, plain.sql, TransactionMode.AUTOCOMMIT),
        down=None,
    )
