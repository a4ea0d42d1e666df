"""Tables and extensions of which nothing is known for certain."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from checks.ash.deviation import Deviation
from checks.ash.extensions import ASH_FUNCTIONS
from checks.ash.vocabulary import Kind
from checks.frameworks.files import source
from checks.frameworks.view import View


class Doubt:
    """What a step that could not be run whole may have said something about."""

    def __init__(self, paths: Collection[str], views: Sequence[View]) -> None:
        self._texts = {
            path: source(view, path).text for path in dict.fromkeys(paths) for view in views if view.has(path)
        }

    def about(self, deviation: Deviation) -> str | None:
        """The first such step that names the table or the extension."""
        name = re.compile(rf"\b{re.escape(_name(deviation))}\b")
        return next((path for path, text in self._texts.items() if name.search(text)), None)


def _name(deviation: Deviation) -> str:
    if deviation.kind is Kind.EXTENSION:
        return "ash_raise_error" if deviation.name == ASH_FUNCTIONS else deviation.name
    return deviation.table.partition(".")[2]
