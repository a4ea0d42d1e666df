"""How the migrations of a tool are known by their files."""

from __future__ import annotations

import re
from typing import NamedTuple

from checks.frameworks.view import View

SCRIPTS = re.compile(
    r"(?:^|/)[\w-]*migrations?/(?!.*(?:\.d|[._-](?:test|spec))\.)(?:[^/]+/)?[^/]+\.[cm]?[jt]s$"
)
"""Of tools in JavaScript and TypeScript: in a folder of that name, or one below it."""


class Code(NamedTuple):
    tool: str
    path: re.Pattern[str]
    says: tuple[str, ...]
    """One of these stands in each."""

    def wrote(self, path: str, view: View) -> bool:
        return self.path.search(path) is not None and view.holds(path, *self.says)
