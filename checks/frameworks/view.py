"""The part of a tree in which migrations of this project's PostgreSQL can be, each file read once."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cached_property, lru_cache
from types import MappingProxyType

from checks.errors import FileError
from checks.trees import KeptTree, Tree
from checks.trees.tree import read_text

_NOT_OURS = frozenset({"node_modules", "vendor", ".git", "seed", "seeds", "seeders", "seed-updates"})
"""Folders of other people's code, and of rows: seeds use the same markers as migrations but make no schema."""
_OTHER_DATABASES = frozenset(
    {"mysql", "mariadb", "tidb", "sqlite", "sqlite3", "sqlcipher", "rqlite", "libsql", "turso", "duckdb"}
    | {"cockroach", "cockroachdb", "crdb", "clickhouse", "clickhouse-remote", "starrocks", "vertica", "ydb"}
    | {"h2", "hsqldb", "derby", "firebird", "oracle", "db2", "mssql", "sqlserver", "cassandra", "scylla"}
    | {"mongodb", "neo4j", "snowflake", "bigquery", "redshift", "spanner"}
)
_WITHOUT_MIGRATIONS = re.compile(r"^migrat(?:ions?|e)[-_.]|[-_.]migrat(?:ions?|e)$")


class View:
    """A tree without the files that are ignored, vendored, or another database's."""

    def __init__(self, tree: Tree, ignore: Sequence[str] = (), include: Sequence[str] = ()):
        """``ignore`` are globs of paths; ``include`` are folders that are seen whatever their own names are."""
        self.label = tree.label
        self._tree = KeptTree(tree)
        self._ignored = ignore_pattern(ignore)
        self._include = tuple(include)
        self._files: dict[str, tuple[str, ...]] = {}

    def paths(self) -> Sequence[str]:
        """All files of the view, sorted by folder and then by name."""
        return self._paths

    def read(self, path: str) -> bytes:
        """The bytes of one file. Raises FileError as the tree does."""
        return self._tree.read(path)

    def text(self, path: str) -> str:
        """A file as text. Raises FileError when it cannot be read, is not UTF-8, or holds a NUL byte."""
        return read_text(self, path)

    def holds(self, path: str, *needles: str) -> bool:
        """Whether the file can be read and has one of these strings in it."""
        try:
            body = self.read(path)
        except FileError:
            return False
        return any(needle.encode() in body for needle in needles)

    def has(self, path: str) -> bool:
        folder, _, name = path.rpartition("/")
        return name in self._names.get(folder, frozenset())

    @property
    def folders(self) -> Mapping[str, tuple[str, ...]]:
        """Folder → names of the files directly in it, sorted. Only folders with files; ``""`` is the root."""
        return self._folders

    @property
    def sql_folders(self) -> Mapping[str, tuple[str, ...]]:
        """Folder → names of the ``.sql`` files directly in it, sorted. Only folders that have any."""
        return self._sql_folders

    def subfolders(self, folder: str) -> tuple[str, ...]:
        """Names of the folders directly in this one, sorted."""
        return self._subfolders.get(folder, ())

    def files(self, folder: str) -> tuple[str, ...]:
        """Paths of the files directly in this folder, sorted by name."""
        if folder not in self._files:
            self._files[folder] = tuple([join(folder, name) for name in self._folders.get(folder, ())])
        return self._files[folder]

    def nearest(self, folder: str, *names: str) -> str | None:
        """The path of the first file of one of these names, in the folder or in the closest one above it."""
        while True:
            for name in names:
                if self.has(join(folder, name)):
                    return join(folder, name)
            if not folder:
                return None
            folder = parent(folder)

    @cached_property
    def _paths(self) -> tuple[str, ...]:
        return tuple([path for folder in self._folders for path in self.files(folder)])

    @cached_property
    def _folders(self) -> Mapping[str, tuple[str, ...]]:
        found: dict[str, list[str]] = {}
        for path in self._tree.paths():
            folder, _, name = path.rpartition("/")
            found.setdefault(folder, []).append(name)
        seen = {folder: self._seen(folder, names) for folder, names in sorted(found.items())}
        return MappingProxyType({folder: names for folder, names in seen.items() if names})

    @cached_property
    def _sql_folders(self) -> Mapping[str, tuple[str, ...]]:
        found = {
            folder: tuple([name for name in names if name.endswith(".sql")])
            for folder, names in self._folders.items()
        }
        return MappingProxyType({folder: names for folder, names in found.items() if names})

    @cached_property
    def _names(self) -> Mapping[str, frozenset[str]]:
        return {folder: frozenset(names) for folder, names in self._folders.items()}

    @cached_property
    def _subfolders(self) -> Mapping[str, tuple[str, ...]]:
        below: dict[str, set[str]] = {}
        for folder in self._folders:
            while folder:
                above, _, name = folder.rpartition("/")
                below.setdefault(above, set()).add(name)
                folder = above
        return {folder: tuple(sorted(names)) for folder, names in below.items()}

    def _includes(self, folder: str) -> bool:
        """Whether the folder is below a wanted one, with no doubtful name in between."""
        below = (folder[len(wanted) :].lstrip("/") for wanted in self._include if is_inside(folder, wanted))
        return any(not _folder_is_not_ours(rest) for rest in below)

    def _seen(self, folder: str, names: list[str]) -> tuple[str, ...]:
        if _folder_is_not_ours(folder) and not self._includes(folder):
            return ()
        ours = [name for name in names if name.count(".") < 2 or not _file_of_another_database(name)]
        if self._ignored:
            ours = [name for name in ours if not self._ignored.fullmatch(join(folder, name))]
        return tuple(sorted(ours))


def join(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name


def parent(folder: str) -> str:
    return folder.rpartition("/")[0]


def base_name(path: str) -> str:
    return path.rpartition("/")[2]


def is_inside(folder: str, outer: str) -> bool:
    """Whether ``folder`` is ``outer`` or below it."""
    return not outer or folder == outer or folder.startswith(outer + "/")


@lru_cache(maxsize=20_000)
def _folder_is_not_ours(folder: str) -> bool:
    if not folder:
        return False
    above, _, name = folder.rpartition("/")
    database = _WITHOUT_MIGRATIONS.sub("", name.lower())
    return name in _NOT_OURS or database in _OTHER_DATABASES or _folder_is_not_ours(above)


def _file_of_another_database(name: str) -> bool:
    """``001_init.mysql.sql``, ``001_init.sqlite3.up.sql``"""
    return not _OTHER_DATABASES.isdisjoint(name.lower().split(".")[1:-1])


def ignore_pattern(globs: Sequence[str]) -> re.Pattern[str] | None:
    """One pattern for all globs: ``*`` stays in one folder, ``**`` does not, a folder means all below it."""
    if not globs:
        return None
    return re.compile("|".join(rf"(?:{_as_regex(glob)})(?:/.*)?" for glob in globs))


def _as_regex(glob: str) -> str:
    glob = glob.strip("/")
    anywhere = "" if "/" in glob else "(?:.*/)?"
    translated = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    parts = re.split(r"(\*\*/|\*\*|\*|\?)", glob.removesuffix("/**"))
    return anywhere + "".join(translated.get(part, re.escape(part)) for part in parts)
