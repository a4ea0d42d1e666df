"""The command that writes snapshots and migrations anew."""

from __future__ import annotations

import re

from checks.frameworks.view import View

_ASH = re.compile(r'"ash": \{:hex, :ash, "(\d+)\.')
_CODEGEN_SINCE = 3


def generator_command(view: View, migrations: str) -> str:
    """``mix ash.codegen`` came with Ash 3."""
    lock = view.nearest(migrations, "mix.lock")
    text = view.read(lock).decode(errors="replace") if lock and view.holds(lock, '"ash":') else ""
    found = _ASH.search(text)
    if found and int(found[1]) < _CODEGEN_SINCE:
        return "mix ash_postgres.generate_migrations --name"
    return "mix ash.codegen"
