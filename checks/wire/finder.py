"""Which file a migration is, where its own text has to be asked: Django's labels, Alembic's revisions, Liquibase's logs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from checks.errors import FileError
from checks.trees import Tree
from checks.trees.tree import read_text
from checks.wire.bookkeeping import Entry
from checks.wire.files import file_of

_LABEL = re.compile(r"^\s+label\s*(?::\s*str\s*)?=\s*[\"'](\w+)[\"']", re.MULTILINE)
"""Of an AppConfig (Django docs, 'Application configuration'): without one, an app is called like its folder."""
_REVISION = re.compile(r"^revision\s*(?::[^=]+)?=\s*[\"']([^\"']+)[\"']", re.MULTILINE)
_LIKELY = re.compile(r"(?:^|/)(?:\w*versions?|\w*migrations?|alembic\w*|revisions)/")
"""Folders of revisions. Any other Python file is not opened."""


class Finder:
    """Finds them in one tree; what it had to open for one is kept for the next."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._paths = tree.paths()
        self._labels: dict[str, frozenset[str]] = {}
        self._revisions: dict[str, str] | None = None

    def of(self, entry: Entry) -> str:
        """Its path; without a file, the name that the tool wrote down, behind the tool's."""
        match entry.tool:
            case "django":
                found = self._django(*entry.version)
            case "alembic":
                found = self._alembic(entry.version[-1])
            case "liquibase":
                found = self._changelog(entry.version[0])
            case _:
                found = []
        return min(found, key=lambda path: (len(path), path), default="") or file_of(entry, self._paths)

    def _django(self, app: str, name: str) -> list[str]:
        ending = f"migrations/{name}.py"
        found = [path for path in self._paths if path.endswith(ending)]
        return [path for path in found if app in self._labels_of(path)]

    def _labels_of(self, path: str) -> frozenset[str]:
        folder = path.rpartition("/")[0].rpartition("/")[0]
        if folder not in self._labels:
            said = _LABEL.findall(self._text(f"{folder}/apps.py".lstrip("/")))
            self._labels[folder] = frozenset(said or [folder.rpartition("/")[2]])
        return self._labels[folder]

    def _alembic(self, revision: str) -> list[str]:
        if self._revisions is None:
            self._revisions = dict(self._declared())
        path = self._revisions.get(revision)
        return [path] if path else []

    def _declared(self) -> Iterator[tuple[str, str]]:
        for path in self._paths:
            if path.endswith(".py") and _LIKELY.search(path):
                for revision in _REVISION.findall(self._text(path)):
                    yield revision, path

    def _changelog(self, name: str) -> list[str]:
        """Changelogs are named from a search path, which may be any folder (Liquibase docs, 'logicalFilePath')."""
        inside = name.removeprefix("classpath:").lstrip("/")
        return [path for path in self._paths if path == inside or path.endswith(f"/{inside}")]

    def _text(self, path: str) -> str:
        try:
            return read_text(self._tree, path)
        except FileError:
            return ""
