"""Small helpers: read a folder with one tool, and say in short what came out."""

from collections.abc import Mapping
from typing import Any

from checks.frameworks.find import known_frameworks
from checks.frameworks.view import View
from checks.model.migrations import History, Migration, Script
from checks.settings import Settings
from checks.trees import MemoryTree


def read(tool: str, files: Mapping[str, str | bytes], folder: str = "m", **settings: Any) -> History:
    """The files, named inside ``folder``, read by one tool whatever their names say."""
    tree = MemoryTree({f"{folder}/{name}": content for name, content in files.items()})
    return known_frameworks()[tool].read(View(tree), folder, Settings(**settings))


def only(history: History) -> Migration:
    (migration,) = history.migrations
    return migration


def sql(script: Script | None) -> list[str]:
    assert script is not None
    return [statement.sql for statement in script.statements]


def lines(script: Script | None) -> list[int]:
    assert script is not None
    return [statement.line for statement in script.statements]


def problems(history: History) -> list[tuple[str, str, int]]:
    """Rule, file name inside the folder, line."""
    return [(each.rule, each.path.removeprefix(f"{history.folder}/"), each.line) for each in history.problems]


def message(history: History) -> str:
    (problem,) = history.problems
    return problem.message
