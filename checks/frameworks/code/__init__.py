"""Migrations that are code, by their files: only the tool's own command says what they send. One file per tool."""

from __future__ import annotations

import pkgutil
from collections.abc import Iterator, Sequence
from functools import cache
from importlib import import_module

from checks.frameworks.code.code import Code
from checks.frameworks.view import View, is_inside, parent
from checks.model.findings import Unproven
from checks.model.migrations import Change
from checks.settings import Settings
from checks.trees import Tree

__all__ = ["Code", "not_run"]

ANY = "command"
"""The tool of a history that was heard from a program which keeps no book of its migrations."""
NOT_RUN = (
    "It is {tool}'s, whose migrations are code, and nothing has run it. With `commands: {{tool: {tool}}}` in "
    ".github/migration.yml the Action and the command line do (docs/commands.md); `ignore` leaves it out."
)


def not_run(base: Tree, head: Tree, settings: Settings, changes: Sequence[Change]) -> Iterator[Unproven]:
    """The new files that are migrations and in none of the changes, of tools that were not heard."""
    heard = {change.head.tool for change in changes}
    tools = [] if ANY in heard else [code for code in known_code() if code.tool not in heard]
    new = [path for path in head.paths() if any(code.path.search(path) for code in tools)]
    new = sorted(set(new) - set(base.paths()) - _read(changes)) if new else []
    if new:
        view = View(head, settings.ignore, [folder.path for folder in settings.folders])
        seen = set(view.paths())
        yield from (
            Unproven(path=path, line=1, reason=NOT_RUN.format(tool=code.tool))
            for path in new
            if path in seen and _is_looked_at(path, settings)
            if (code := next((one for one in tools if one.wrote(path, view)), None))
        )


@cache
def known_code() -> Sequence[Code]:
    modules = (import_module(f"{__name__}.{found.name}") for found in pkgutil.iter_modules(__path__))
    return [module.CODE for module in modules if hasattr(module, "CODE")]


def _read(changes: Sequence[Change]) -> set[str]:
    return {file for change in changes for migration in change.head.migrations for file in migration.files}


def _is_looked_at(path: str, settings: Settings) -> bool:
    folders = [folder.path.strip("/").removeprefix("./") for folder in settings.folders]
    return not folders or any(folder == "." or is_inside(parent(path), folder) for folder in folders)
