"""Which file a migration is, told by what its tool wrote down in its book."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from checks.errors import FileError
from checks.trees import Tree
from checks.trees.tree import read_text
from checks.wire.bookkeeping import Entry

_LABEL = re.compile(r"^\s+label\s*(?::\s*str\s*)?=\s*[\"'](\w+)[\"']", re.MULTILINE)
"""Of an AppConfig (Django docs, 'Application configuration'): without one, an app is called like its folder."""
_REVISION = re.compile(r"^revision\s*(?::[^=]+)?=\s*[\"']([^\"']+)[\"']", re.MULTILINE)
_LIKELY = re.compile(r"(?:^|/)(?:\w*versions?|\w*migrations?|alembic\w*|revisions)/")
"""Folders of revisions. Any other Python file is not opened."""


class Files:
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
                return _shortest(self._changelog(entry.version[0]), f"liquibase:{entry.version[0]}")
            case _:
                found = self._named(entry.version)
        return _shortest(found, f"{entry.tool}:{'.'.join(entry.version)}")

    def _named(self, version: tuple[str, ...]) -> Iterator[str]:
        """By its name, or by its version in front of or within the name, in the folder of what it belongs to."""
        *where, name = version
        stem = name.rpartition("/")[2]
        wanted = re.compile(rf"(?:^|[/_]){re.escape(stem)}(?:[._/-]|$)")
        for path in self._paths:
            if stem in path and wanted.search(path) and all(f"{part}/" in path for part in where):
                yield path

    def _django(self, app: str, name: str) -> Iterable[str]:
        ending = f"migrations/{name}.py"
        found = [path for path in self._paths if path.endswith(ending)]
        return [path for path in found if app in self._labels_of(path)] or self._named((app, name))

    def _labels_of(self, path: str) -> frozenset[str]:
        folder = path.rpartition("/")[0].rpartition("/")[0]
        if folder not in self._labels:
            said = _LABEL.findall(self._text(f"{folder}/apps.py".lstrip("/")))
            self._labels[folder] = frozenset(said or [folder.rpartition("/")[2]])
        return self._labels[folder]

    def _alembic(self, revision: str) -> Iterable[str]:
        if self._revisions is None:
            self._revisions = dict(self._declared())
        path = self._revisions.get(revision)
        return [path] if path else self._named((revision,))

    def _declared(self) -> Iterator[tuple[str, str]]:
        for path in self._paths:
            if path.endswith(".py") and _LIKELY.search(path):
                for revision in _REVISION.findall(self._text(path)):
                    yield revision, path

    def _changelog(self, name: str) -> Iterator[str]:
        """Changelogs are named from a search path, which may be any folder (Liquibase docs, 'logicalFilePath')."""
        inside = name.removeprefix("classpath:").lstrip("/")
        return (path for path in self._paths if path == inside or path.endswith(f"/{inside}"))

    def _text(self, path: str) -> str:
        try:
            return read_text(self._tree, path)
        except FileError:
            return ""


def _shortest(paths: Iterable[str], without: str) -> str:
    return min(paths, key=lambda path: (len(path), path), default=without)
