"""Files without a history: what they take for granted is found out, made, filled, and they are run on it."""

from __future__ import annotations

from collections.abc import Sequence

from checks.assume.discover import discover
from checks.change import compare_histories
from checks.frameworks.find import find_histories
from checks.frameworks.lone import as_written, no_statement
from checks.frameworks.view import View
from checks.model.migrations import History
from checks.model.report import Report
from checks.production.statistics import Statistics
from checks.progress import Progress, silent
from checks.settings import Settings
from checks.trees import MemoryTree, Tree
from checks.validate import validate_changes

_PRELUDE = "assumed.sql"


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
    histories = _as_their_tool_reads_them(files, order, settings) or [as_written(View(files), order)]
    _expect_statements(histories, order)
    scripts = [one.up for history in histories for one in history.migrations if one.up]
    assumed = [*discover(scripts, settings, progress).statements()]
    base = MemoryTree({_PRELUDE: "".join(f"{sql};\n" for sql in assumed)}, "what is taken for granted")
    changes = compare_histories([], histories)
    made = settings.model_copy(update={"prelude": _PRELUDE, "stats": None})
    report = validate_changes(changes, base, files, made, progress, statistics=statistics)
    return report.model_copy(update={"assumed": tuple(assumed)})


def _as_their_tool_reads_them(files: Tree, order: Sequence[str], settings: Settings) -> list[History]:
    """Nothing when not every file is one of a tool's, or there are several tools."""
    found = find_histories(files, settings)
    read = {path for history in found for one in history.migrations for path in one.files}
    return [*found] if len(found) == 1 and set(order) <= read else []


def _expect_statements(histories: Sequence[History], order: Sequence[str]) -> None:
    migrations = [one for history in histories for one in history.migrations]
    if not any(one.opaque or (one.up and one.up.statements) for one in migrations):
        raise no_statement(order)
