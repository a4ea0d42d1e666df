"""What `migration check` is given: files, standard input, or a folder; and the settings that count for them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from bot.configured import settings_of
from bot.given import STDIN, body_of, expect_there, name_of
from checks.errors import FileError, UsageError
from checks.model.report import Report
from checks.settings import FILES, Settings
from checks.static import check_tree
from checks.trees import MemoryTree
from checks.trees.tree import check_size

_NOT_OURS = frozenset({".git", "node_modules", ".venv"})


class Files:
    """Files of the disk as a tree, each read when it is asked for."""

    def __init__(self, files: Mapping[str, Path]) -> None:
        self.label = "the files"
        self._files = files

    def paths(self) -> Sequence[str]:
        return sorted(self._files)

    def read(self, path: str) -> bytes:
        """Raises FileError."""
        if path not in self._files:
            raise FileError("no such file", path=path)
        try:
            check_size(path, self._files[path].stat().st_size)
            return self._files[path].read_bytes()
        except OSError as error:
            raise FileError(f"cannot be read: {error.strerror}", path=path) from error


def check_paths(paths: Sequence[Path], postgres: int | None, preset: str | None) -> tuple[Report, Settings]:
    """Read files as one change, or the histories of a folder. Raises MigrationError."""
    expect_there(paths, "Name files, or a folder.")
    folders = [path for path in paths if path != STDIN and path.is_dir()]
    if folders and len(paths) > 1:
        raise UsageError(f"{folders[0]} is a folder among others", hint="Name one folder, or files.")
    wanted: dict[str, Any] = {"postgres": postgres, "preset": preset}
    settings = _settings(paths[0] if paths else Path())
    settings = settings.model_copy(update={key: value for key, value in wanted.items() if value is not None})
    report = _read(paths or [Path()], settings)
    if report.says_nothing:
        raise UsageError(
            f"found no migrations in {', '.join(map(str, paths[:3])) or Path.cwd()}",
            hint=_hint(paths[0] if paths else Path()),
        )
    return report, settings


def _hint(path: Path) -> str:
    from bot.validation import NAME_THEM, code_hint

    return (code_hint(Files(dict(_below(path)))) if path.is_dir() else None) or NAME_THEM


def _read(paths: Sequence[Path], settings: Settings) -> Report:
    if paths[0] != STDIN and paths[0].is_dir():
        return check_tree(Files(dict(_below(paths[0]))), settings)
    if STDIN in paths:
        bodies = {name_of(path): body_of(path) for path in paths}
        return check_tree(MemoryTree(bodies, "the files"), settings, order=[*bodies])
    files = {name_of(path): path for path in paths}
    return check_tree(Files(files), settings, order=[*files])


def _below(folder: Path) -> Iterator[tuple[str, Path]]:
    """The regular files below a folder, named from the current one."""
    for root, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in _NOT_OURS)
        for name in names:
            path = Path(root, name)
            if path.is_file() and not path.is_symlink():
                yield name_of(path), path


def _settings(path: Path) -> Settings:
    """Those of the closest folder above that has a file of them; no git is asked. Its folders only mean something
    to paths that begin where it lies."""
    start = Path.cwd() if path == STDIN else path.resolve()
    for folder in (start, *start.parents):
        found = {name: folder / name for name in FILES if (folder / name).is_file()}
        settings = settings_of(Files(found)) if found else Settings()
        if settings != Settings():
            here = folder == Path.cwd()
            return settings if here else settings.model_copy(update={"folders": (), "ignore": ()})
        if (folder / ".git").exists():
            break
    return Settings()
