"""One staged way out per hazard: each module with RULES is a recipe.

``recipe(part)`` gives the steps and deploys that lead to the same schema as the statement, or None when it does not fit.
Modules without RULES are shared by several.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Sequence
from functools import cache
from importlib import import_module
from typing import TypeAlias

from checks.plan.model import Deploy, Step
from checks.plan.statement import Part

Stages: TypeAlias = Sequence[Step | Deploy]


def staged(part: Part) -> Stages | None:
    """The way of the first recipe that fits; None when the statement can be run as it is written."""
    ways = (recipe(part) for rules, recipe in _recipes() if rules & part.rules)
    return next((way for way in ways if way), None)


@cache
def _recipes() -> Sequence[tuple[frozenset[str], Callable[[Part], Stages | None]]]:
    modules = (import_module(f"{__name__}.{found.name}") for found in pkgutil.iter_modules(__path__))
    return [(frozenset(module.RULES), module.recipe) for module in modules if hasattr(module, "RULES")]
