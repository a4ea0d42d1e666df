"""Tables of which nothing is known for certain."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from checks.frameworks.files import source
from checks.frameworks.view import View


class Doubt:
    """Tables about which a step that could not be run may have said something."""

    def __init__(self, paths: Collection[str], views: Sequence[View]) -> None:
        self._texts = {
            path: source(view, path).text for path in dict.fromkeys(paths) for view in views if view.has(path)
        }

    def about(self, table: str) -> str | None:
        """The first such step that names the table."""
        name = re.compile(rf"\b{re.escape(table.partition('.')[2])}\b")
        return next((path for path, text in self._texts.items() if table and name.search(text)), None)
