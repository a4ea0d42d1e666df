"""Which module of the application a table belongs to: searched as text, for nothing of it is run."""

from __future__ import annotations

import re

from checks.frameworks.view import View, is_inside, parent

_DATA_LAYER = "AshPostgres.DataLayer"
_MODULE = re.compile(r"^[ \t]*defmodule[ \t]+([\w.]+)[ \t]+do\b", re.MULTILINE)


def resource_of(view: View, migrations: str, table: str) -> str | None:
    """The module that says ``table "posts"``; None when none does, or its name is put together."""
    manifest = view.nearest(migrations, "mix.exs")
    root = parent(manifest) if manifest else ""
    says = re.compile(rf"""^[ \t]*table[ (][ \t]*["']{re.escape(table)}["']""", re.MULTILINE)
    for path in view.paths():
        if not path.endswith(".ex") or not is_inside(path, root) or not view.holds(path, _DATA_LAYER):
            continue
        text = view.read(path).decode(errors="replace")
        found = says.search(text)
        modules = [module[1] for module in _MODULE.finditer(text, 0, found.start())] if found else []
        if modules:
            return modules[-1]
    return None
