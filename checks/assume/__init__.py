"""Files without a history: what they take for granted is found out, made, filled, and they are run on it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import PurePosixPath

from checks.assume.discover import discover
from checks.change import compare_histories
from checks.errors import UsageError
from checks.frameworks.files import digest, opaque, source, whole_file
from checks.frameworks.find import find_histories
from checks.frameworks.psql import read_psql
from checks.frameworks.view import View
from checks.model import History, Migration, Problem, Report, TransactionMode
from checks.production import Statistics
from checks.progress import Progress, silent
from checks.settings import Settings
from checks.trees import MemoryTree, Tree
from checks.validate import validate_changes

TOOL = "file"
_PRELUDE = "assumed.sql"
_MARKERS = re.compile(
    r"^\s*--\s*(?:\+goose|\+migrate|migrate:)\s*(?:Up|Down)\b", re.IGNORECASE | re.MULTILINE
)


def validate_files(
    files: Tree,
    order: Sequence[str],
    settings: Settings,
    progress: Progress = silent,
    *,
    statistics: Statistics | None = None,
) -> Report:
    """Run files one after the other on a database that has what they name, and say what PostgreSQL did.

    ``order`` are their paths. A file in the form of a migration tool is read as that tool reads it. The Report says
    in ``assumed`` what was made for them. Raises MigrationError; SandboxError when there is no PostgreSQL.
    """
    histories = _as_their_tool_reads_them(files, order, settings) or [_as_written(files, order)]
    _expect_statements(histories)
    scripts = [one.up for history in histories for one in history.migrations if one.up]
    assumed = [*discover(scripts, settings, progress).statements()]
    base = MemoryTree({_PRELUDE: "".join(f"{sql};\n" for sql in assumed)}, "what the file takes for granted")
    changes = compare_histories([], histories)
    made = settings.model_copy(update={"prelude": _PRELUDE, "stats": None})
    report = validate_changes(changes, base, files, made, progress, statistics=statistics)
    return report.model_copy(update={"assumed": tuple(assumed)})


def _as_their_tool_reads_them(files: Tree, order: Sequence[str], settings: Settings) -> list[History]:
    """Nothing when not every file is one of a tool's, or there are several tools."""
    found = find_histories(files, settings)
    read = {path for history in found for one in history.migrations for path in one.files}
    return [*found] if len(found) == 1 and set(order) <= read else []


def _as_written(files: Tree, order: Sequence[str]) -> History:
    """One statement after the other, each committing by itself: nobody says how they are sent."""
    view = View(files)
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


def _expect_statements(histories: Sequence[History]) -> None:
    """Nothing to run is no pass: a pipe that broke must not look like one."""
    migrations = [one for history in histories for one in history.migrations]
    if not any(one.opaque or (one.up and one.up.statements) for one in migrations):
        raise UsageError(
            "there is no statement in it", hint="Name a file with SQL, or paste some behind `-`."
        )


def _expect_no_markers(path: str, text: str) -> None:
    """A file with the markers of a tool, under a name that the tool does not read: its down would run as a part of its up."""
    found = _MARKERS.search(text)
    if found:
        raise UsageError(
            f"{path} has {found[0]!r} in it, but not the name of a migration: its ways there and back cannot be told apart",
            hint="Give the file as it lies in its folder (`00001_name.sql`), or only the statements.",
        )


def _migration(view: View, version: str, path: str, problems: list[Problem]) -> Migration:
    read = source(view, path)
    name = PurePosixPath(path).stem
    if read.problem:
        problems.append(read.problem)
        return opaque(view, version, name, [path], "a file that cannot be read")
    _expect_no_markers(path, read.text)
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
