"""A repository's migrations, ready to be run by the framework that they are written for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

Where = Mapping[str, str]
"""The variables that lead to a database: those of ``checks.wire.command.variables``."""


def _no_more(where: Where) -> Where:
    return {}


@dataclass(frozen=True)
class Project:
    repository: str
    """With its version: ``wagtail 7.0``, ``owner/name``."""
    folder: Path
    """Where the command runs."""
    migrate: tuple[str, ...]
    files: Path
    """What the files of its migrations are looked for in."""
    more: Callable[[Where], Where] = _no_more
    """Its own names for where the database is, and whatever else it wants to be told."""
    extensions: tuple[str, ...] = ()
    """What somebody with more rights has to make beforehand."""


class NotHere(Exception):
    """A framework, or a repository, cannot be had on this machine; the text says why."""


@dataclass(frozen=True)
class Places:
    """Where benchmarks keep what they install, and where clones of public repositories lie."""

    cache: Path
    clones: Path | None
    """With a folder ``owner+name`` or ``owner/name`` for each: a bare clone or a work tree."""


@dataclass(frozen=True)
class Framework:
    name: str
    projects: Callable[[Places], Iterator[Project | NotHere]]
    """Installs each as it is asked for; what cannot be had is given with its reason. Raises NotHere when nothing can."""
