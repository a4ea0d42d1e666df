"""What `migration validate` is given: a folder of a repository, or files: in their history or by themselves."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from bot.given import STDIN, body_of, expect_there, name_of
from bot.statistics import secret_statistics
from bot.validation import narrowed, settings_for, validate_repository
from checks.assume import validate_files
from checks.errors import NotARepository, UsageError
from checks.model.report import Report
from checks.production.read import read_statistics
from checks.production.statistics import Statistics
from checks.progress import Progress
from checks.settings import Settings
from checks.single import history_of, validate_again
from checks.trees import MemoryTree
from checks.trees.git import open_repository


def validate_paths(
    paths: Sequence[Path], base: str | None, head: str | None, progress: Progress
) -> tuple[Report, Settings]:
    """Validate a folder of a repository (none: all of the one around), or files. Raises MigrationError."""
    expect_there(paths, "Name a folder of a repository, or files.")
    folders = [path for path in paths if path != STDIN and path.is_dir()]
    if folders and len(paths) > 1:
        raise UsageError(f"{folders[0]} is a folder among others", hint="Name one folder, or files.")
    if folders or not paths:
        return validate_repository(paths[0] if paths else None, base, head, progress)
    if base or head:
        raise UsageError("files are not compared with a revision", hint="Leave out --base and --head.")
    return validate_named_files(paths, progress)


def validate_named_files(paths: Sequence[Path], progress: Progress) -> tuple[Report, Settings]:
    """Validate files, ``-`` being standard input. Raises MigrationError."""
    found = _in_their_history(paths, progress)
    if found is not None:
        return found
    bodies = {name_of(path): body_of(path) for path in paths}
    settings, statistics = _own_settings(paths[0])
    files = MemoryTree(bodies, "the file" if len(bodies) == 1 else "the files")
    return validate_files(files, [*bodies], settings, progress, statistics=statistics), settings


def _in_their_history(paths: Sequence[Path], progress: Progress) -> tuple[Report, Settings] | None:
    """None when the files are of no history, or not of one alone."""
    if STDIN in paths:
        return None
    try:
        repository = open_repository(paths[0])
    except NotARepository:
        return None
    root, tree = repository.root.resolve(), repository.work_tree()
    named = [path.resolve() for path in paths]
    if not all(path.is_relative_to(root) for path in named):
        return None
    inside = [path.relative_to(root).as_posix() for path in named]
    settings = settings_for(repository, None, tree)
    narrow = narrowed(settings, inside[0].rpartition("/")[0])
    history = history_of(inside, tree, narrow)
    if history is None:
        return None
    report = validate_again(
        history, inside, tree, settings, progress, today=date.today(), statistics=secret_statistics()
    )
    return report, settings


def _own_settings(path: Path) -> tuple[Settings, Statistics | None]:
    """Those of the repository around a file, else the defaults. Folders mean nothing to a file by itself."""
    secret = secret_statistics()
    try:
        repository = open_repository(Path.cwd() if path == STDIN else path)
    except NotARepository:
        return Settings(), secret
    tree = repository.work_tree()
    settings = settings_for(repository, None, tree)
    own = settings.model_copy(update={"folders": (), "ignore": (), "seed": None, "schema_file": None})
    return own, secret or read_statistics(tree, settings)
