"""From steps to the files of a migration tool, as its documentation gives them.

One module per tool, found by its name (``golang_migrate`` is golang-migrate's): ``write(rewrite)`` gives an author's
migration whose statements go another way, in files of the tool; where one file says all that a step is, its way back
included, ``one_step(step)`` is the content of that file. ``with_down(rewrite, down)`` gives the author's migration a
way back that it lacks.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from types import ModuleType

from checks.plan.files.rewrite import TIMEOUT, CannotWrite, Patience, Rewrite, WayBack, Written
from checks.plan.model import Step

__all__ = [
    "TIMEOUT",
    "CannotWrite",
    "Patience",
    "Rewrite",
    "WayBack",
    "Written",
    "as_file",
    "can_write",
    "written",
    "written_with_down",
]


def as_file(tool: str, step: Step) -> str:
    """The content of a migration file that runs the step, and takes it back as its down; ``""`` where no one file does."""
    one_step = getattr(_writers().get(tool), "one_step", None)
    return str(one_step(step)) if one_step is not None and step.sql else ""


def can_write(tool: str) -> bool:
    return hasattr(_writers().get(tool), "write")


def written(rewrite: Rewrite) -> Written:
    """The files. Raises CannotWrite, for a tool that nobody writes for too."""
    if not can_write(rewrite.tool):
        raise CannotWrite(f"Nobody has taught this engine to write for {rewrite.tool}.")
    found: Written = _writers()[rewrite.tool].write(rewrite)
    return found


def written_with_down(rewrite: Rewrite, down: tuple[str, ...]) -> Written:
    """The author's migration with a way back that it lacks. Raises CannotWrite."""
    with_down = getattr(_writers().get(rewrite.tool), "with_down", None)
    if with_down is None:
        raise CannotWrite(f"Nobody has taught this engine to write a way back for {rewrite.tool}.")
    found: Written = with_down(rewrite, down)
    return found


@cache
def _writers() -> Mapping[str, ModuleType]:
    modules = (import_module(f"{__name__}.{found.name}") for found in pkgutil.iter_modules(__path__))
    return {
        module.__name__.rpartition(".")[2].replace("_", "-"): module
        for module in modules
        if hasattr(module, "write") or hasattr(module, "one_step")
    }
