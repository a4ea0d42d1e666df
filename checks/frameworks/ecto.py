"""Ecto: ``priv/<repo>/migrations/<number>_<name>.exs``, Elixir modules with ``change``, or ``up`` and ``down``.

All ``.exs`` below the folder are looked at, by number and then by name; a number or a name that comes twice is refused.
One transaction per file, unless ``@disable_ddl_transaction``. A number below the newest applied one is migrated all the
same. The files are not run but translated: see ``checks/ecto``.

Source: ecto_sql 3.14, ``lib/ecto/migrator.ex``, ``lib/ecto/migration/schema_migration.ex``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from checks.frameworks.framework import Claim, Strength
from checks.frameworks.view import View, is_inside, parent
from checks.model.migrations import History
from checks.settings import Settings

NAME = re.compile(r"(?P<version>[0-9]+)_(?P<name>.*)\.exs")
_PRIV = re.compile(r"(?:.*/)?[^/]*priv/[^/]+/[^/]+")


class Ecto:
    name = "ecto"

    def claims(self, view: View) -> Iterator[Claim]:
        found: dict[str, list[str]] = {}
        for folder, names in view.folders.items():
            paths = (f"{folder}/{name}" if folder else name for name in names if NAME.fullmatch(name))
            ours = [path for path in paths if view.holds(path, "Ecto.Migration", ".Migration\n")]
            if ours:
                found.setdefault(_history_folder(folder), []).extend(ours)
        for folder in found:
            if not any(folder != outer and is_inside(folder, outer) for outer in found):
                yield self._claim(view, folder, found)

    def _claim(self, view: View, folder: str, found: dict[str, list[str]]) -> Claim:
        # Late, here and below: a tree without Elixir needs no grammar of it.
        from checks.frameworks.ecto_files import ecto_project

        inside = tuple(other for other in found if other != folder and is_inside(other, folder))
        files = [file for place in (folder, *inside) for file in found[place]]
        below = tuple({parent(file) for file in files} - {folder})
        repo = ecto_project(view, folder).repo
        return Claim(
            self.name,
            folder,
            Strength.DIRECTIVE,
            tuple(files),
            below,
            postgres=repo is None or repo.is_postgres,
        )

    def read(self, view: View, folder: str, settings: Settings) -> History:
        from checks.frameworks.ecto_history import read_history

        return read_history(self.name, view, folder, settings)


FRAMEWORK = Ecto()


def _history_folder(folder: str) -> str:
    """``priv/repo/migrations`` for what is in it and below it; any other folder for itself."""
    match = _PRIV.match(folder)
    return match[0] if match else folder
