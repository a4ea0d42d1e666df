"""Which repo a folder of migrations belongs to, and what its configuration says."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from checks.ecto.configuration import Configuration
from checks.ecto.project import Nobody
from checks.ecto.settings import RepoSettings
from checks.elixir.strings import underscore
from checks.elixir.values import Atom

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
        for used in _REPO.finditer(text):
            around = [module for module in _MODULE.finditer(text) if module.start() < used.start()]
            adapter = _ADAPTER.search(text, used.start())
            sqlite = "Sqlite" if "AshSqlite" in used[0] else ""
            if around:
                found.append(RepoModule(around[-1][1], adapter[1] if adapter else sqlite))
    return found


def configured_repos(configuration: Configuration) -> list[RepoModule]:
    """Those that an application names under ``ecto_repos``."""
    found = []
    for keys in configuration.applications.values():
        named = keys.get("ecto_repos")
        for module in named if isinstance(named, list) else []:
            if isinstance(module, Atom):
                name = module.name.removeprefix("Elixir.")
                adapter = configuration.options(name).get("adapter")
                found.append(RepoModule(name, adapter.name if isinstance(adapter, Atom) else ""))
    return found


def all_repos(texts: Iterable[str], configuration: Configuration) -> list[RepoModule]:
    """The configured ones first; what adapter they have often stands only in the module."""
    written = repo_modules(texts)
    adapters = {module.name: module.adapter for module in written}
    named = [
        RepoModule(module.name, module.adapter or adapters.get(module.name, ""))
        for module in configured_repos(configuration)
    ]
    return [*named, *(module for module in written if all(module.name != other.name for other in named))]


def repo_of(folder: str, modules: Iterable[RepoModule], configuration: Configuration) -> RepoModule | None:
    """``folder``: relative to the folder of mix.exs, ``priv/repo/migrations``."""
    known = sorted(modules, key=lambda module: not module.is_postgres)
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
