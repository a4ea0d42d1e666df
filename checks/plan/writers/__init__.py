"""Steps as files of a migration tool: each module here with a TOOL writes for one.

``write(runs, author)`` gives the files in the order in which they are applied; the first one takes the place of the
author's. ``runs`` are the steps of one migration, cut where something else happens in between (another round).
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import TypeAlias

from checks.frameworks.view import View
from checks.model.findings import AdviceFile
from checks.model.migrations import History, Migration
from checks.plan.model import Step
from checks.settings import Settings


@dataclass(frozen=True)
class Author:
    """What the steps come from."""

    migration: Migration
    history: History
    """The migrations of its folder, itself included."""
    view: View
    """The tree that they are in."""
    settings: Settings


@dataclass(frozen=True)
class Written:
    """A file, and the steps that it takes."""

    file: AdviceFile
    steps: tuple[Step, ...]


Writer: TypeAlias = Callable[[Sequence[Sequence[Step]], Author], Sequence[Written]]


def advice_files(tool: str, steps: Sequence[Step], author: Author) -> tuple[AdviceFile, ...]:
    """The files that take these steps; empty for a tool that has no writer, or when the steps cannot be written.

    Steps without SQL are in none: a person writes them.
    """
    return tuple(written.file for written in written_files(tool, [steps], author))


def written_files(tool: str, runs: Sequence[Sequence[Step]], author: Author) -> Sequence[Written]:
    write = _writers().get(tool)
    return write(runs, author) if write is not None else ()


@cache
def _writers() -> Mapping[str, Writer]:
    modules = [import_module(f"{__name__}.{found.name}") for found in pkgutil.iter_modules(__path__)]
    return {module.TOOL: module.write for module in modules if hasattr(module, "TOOL")}
