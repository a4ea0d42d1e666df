"""Which repo a folder of migrations belongs to, and what its configuration says."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from checks.ecto.configuration import Configuration
from checks.ecto.project import Nobody
from checks.ecto.settings import RepoSettings
from checks.elixir.strings import underscore

_MODULE = re.compile(r"^\s*defmodule\s+([\w.]+)\s+do", re.MULTILINE)
_REPO = re.compile(r"^\s*use\s+(?:Ecto\.Repo|AshPostgres\.Repo|AshSqlite\.Repo)\b", re.MULTILINE)
_ADAPTER = re.compile(r"adapter:\s*([\w.]+)")
_FOREIGN = ("MyXQL", "Tds", "SQLite3", "Exqlite", "Sqlite", "ClickHouse", "MySQL")


@dataclass(frozen=True)
class RepoModule:
    """A module that uses Ecto.Repo."""

    name: str
    adapter: str

    @property
    def is_postgres(self) -> bool:
        return not any(word in self.adapter for word in _FOREIGN)

    @property
    def folder_name(self) -> str:
        """The folder below ``priv`` that is its own unless it says otherwise."""
        return underscore(Nobody(), self.name.rpartition(".")[2])


def repo_modules(texts: Iterable[str]) -> list[RepoModule]:
    """Those that these files define."""
    found = []
    for text in texts:
        used, module = _REPO.search(text), _MODULE.search(text)
        if used and module:
            adapter = _ADAPTER.search(text, used.start())
            sqlite = "Sqlite" if "AshSqlite" in used[0] else ""
            found.append(RepoModule(module[1], adapter[1] if adapter else sqlite))
    return found


def repo_of(folder: str, modules: Iterable[RepoModule], configuration: Configuration) -> RepoModule | None:
    """``folder``: relative to the folder of mix.exs, ``priv/repo/migrations``."""
    known = list(modules)
    parts = folder.split("/")
    place = parts[1] if len(parts) > 2 else ""
    for module in known:
        if configuration.options(module.name).get("priv") == "/".join(parts[:2]):
            return module
    named = [module for module in known if module.folder_name == place]
    return next(iter(named), known[0] if len(known) == 1 else None)


def settings_of(module: RepoModule | None, configuration: Configuration) -> RepoSettings:
    settings = RepoSettings()
    if module is not None:
        settings = replace(settings.but(configuration.options(module.name)), module=module.name)
    map_type = configuration.get("ecto_sql", "postgres_map_type")
    return replace(settings, map_type=map_type) if isinstance(map_type, str) else settings
