"""Texts → histories: as their tool reads them where one is recognised, else as they are written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from checks.errors import UsageError
from checks.frameworks.find import find_histories
from checks.frameworks.lone import as_written
from checks.model import History, Problem
from checks.settings import Settings
from checks.trees import MemoryTree


def read(texts: Mapping[str, str | bytes], settings: Settings) -> list[History]:
    """``texts``: path → content, in the order in which they are applied. Raises SettingsError."""
    found = [history for history in find_histories(MemoryTree(texts), settings) if history.migrations]
    claimed = {path for history in found for one in history.migrations for path in one.files}
    claimed |= {problem.path for history in found for problem in history.problems}
    rest = {path: text for path, text in texts.items() if path not in claimed and path.endswith(".sql")}
    return [*found, *_as_written(rest)]


def _as_written(texts: Mapping[str, str | bytes]) -> list[History]:
    """All files as one history; a file whose parts cannot be told apart has a problem instead of a migration."""
    history, problems, order = None, [], list(texts)
    while order:
        try:
            history = as_written(MemoryTree({path: texts[path] for path in order}), order)
            break
        except UsageError as error:
            path = next(one for one in order if one in error.message)
            problems.append(Problem(rule="unreadable-file", path=path, message=f"{error.message}. {error.hint}"))
            order.remove(path)
    if history is None and not problems:
        return []
    history = history or History(tool="file", folder="", migrations=(), has_downs=False)
    return [history.model_copy(update={"problems": (*history.problems, *problems)})]


def paths_of(histories: Sequence[History]) -> set[str]:
    return {path for history in histories for one in history.migrations for path in one.files}
