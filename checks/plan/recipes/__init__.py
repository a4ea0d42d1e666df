"""One staged way out per hazard: each module with RULES is a recipe.

``recipe(part)`` gives the steps and deploys that lead to the same schema as the statement, or None when it does not fit.
Modules without RULES are shared by several.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import TypeAlias

from checks.backfill import Refused
from checks.plan.model import Deploy, Step
from checks.plan.statement import Part

Stages: TypeAlias = Sequence[Step | Deploy]
Recipe: TypeAlias = Callable[[Part], Stages | None]

IN_BATCHES = "Change the rows in batches"


class NoWay(Exception):
    """There is none for this statement, though there is one for others like it."""

    def __init__(self, title: str, reason: str) -> None:
        """What it would have done, without a full stop; why it cannot be done, a sentence."""
        super().__init__(reason)
        self.title = title


@dataclass(frozen=True)
class Staged:
    """A way of several steps."""

    rules: frozenset[str]
    """The hazards that it avoids."""
    stages: Stages
    """None of them when it is refused."""
    refused: str = ""
    """Why there is none, where the recipe knows: a sentence."""
    title: str = ""
    """What it would have done, when it is refused."""


def staged(part: Part) -> Staged | None:
    """The way of the first recipe that fits; None when there is none, or nothing that calls for one.

    A block of code is left whole: one command of it is not all that it does.
    """
    if part.observation.kind == "DO":
        return None
    found = (_staged(rules, recipe, part) for rules, recipe in _recipes() if rules & part.rules)
    ways = [way for way in found if way]
    return next((way for way in ways if way.stages), ways[0] if ways else None)


def _staged(rules: frozenset[str], recipe: Recipe, part: Part) -> Staged | None:
    try:
        stages = recipe(part)
    except Refused as refusal:
        return Staged(rules, (), str(refusal), IN_BATCHES)
    except NoWay as refusal:
        return Staged(rules, (), str(refusal), refusal.title)
    return Staged(rules, stages) if stages else None


def has_recipe(rule: str) -> bool:
    return any(rule in rules for rules, _ in _recipes())


@cache
def _recipes() -> Sequence[tuple[frozenset[str], Recipe]]:
    modules = (import_module(f"{__name__}.{found.name}") for found in pkgutil.iter_modules(__path__))
    return [(frozenset(module.RULES), module.recipe) for module in modules if hasattr(module, "RULES")]
