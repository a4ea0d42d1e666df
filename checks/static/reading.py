"""Files → histories: as their tool reads them where one is recognised, else as they are written."""

from __future__ import annotations

from collections.abc import Sequence

from checks.errors import UsageError
from checks.frameworks.find import find_histories
from checks.frameworks.lone import TOOL, as_written
from checks.frameworks.view import View
from checks.model.migrations import History, Problem
from checks.settings import Settings
from checks.trees import Tree

_SQL = ".sql"


def read(files: Tree, order: Sequence[str] | None, settings: Settings) -> list[History]:
    """``order``: paths in the order in which they are applied, all of which count. None: the histories of the tree,
    and where there is none, its SQL files by name. Raises SettingsError."""
    found = [history for history in find_histories(files, settings) if history.migrations or history.problems]
    if order is None and found:
        return found
    claimed = {path for history in found for one in history.migrations for path in one.files}
    claimed |= {problem.path for history in found for problem in history.problems}
    paths = order or [path for path in files.paths() if path.endswith(_SQL)]
    rest = [path for path in paths if path not in claimed]
    return [*found, *_as_written(files, rest)] if rest else found


def _as_written(files: Tree, order: Sequence[str]) -> list[History]:
    """All as one history; a file whose parts cannot be told apart has a problem instead of a migration."""
    left, problems = list(order), []
    while left:
        try:
            history = as_written(View(files), left)
        except UsageError as error:
            path = next(one for one in left if error.message.startswith(one))
            message = f"{error.message}. {error.hint}"
            problems.append(Problem(rule="unreadable-file", path=path, message=message))
            left.remove(path)
        else:
            return [history.model_copy(update={"problems": (*history.problems, *problems)})]
    return [History(tool=TOOL, folder="", migrations=(), problems=tuple(problems), has_downs=False)]
