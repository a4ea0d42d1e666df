"""What each migration would send to PostgreSQL: the statements as the tool makes them, with their lines."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from bot.given import expect_there
from bot.publish.escape import one_line, visible
from bot.reading import Files
from checks.ecto.translate import Direction, Translation
from checks.errors import FileError, NotARepository, UsageError
from checks.frameworks.ecto_history import translations
from checks.frameworks.find import find_histories
from checks.frameworks.lone import as_written, no_statement
from checks.frameworks.view import View, is_inside
from checks.model.migrations import History, Migration, Script, TransactionMode
from checks.settings import FolderSettings, Settings
from checks.trees.directory import DirectoryTree
from checks.trees.git import open_repository
from checks.trees.tree import Tree

_ROOTS = ("mix.exs", ".git")
_SQL = ".sql"


@dataclass(frozen=True)
class Sql:
    """One statement and the line that caused it."""

    sql: str
    line: int


@dataclass(frozen=True)
class Part:
    """What is not among the statements, or not sure: it is code, or the tool refuses it."""

    line: int
    reason: str
    direction: str


@dataclass(frozen=True)
class MigrationSql:
    """One migration file, as it is printed."""

    path: str
    up: tuple[Sql, ...]
    down: tuple[Sql, ...]
    dynamic: tuple[Part, ...]
    transaction: bool
    migration_lock: bool | None
    """Whether the tool takes its lock while it runs; None where the tool has no such choice."""
    up_error: str | None = None
    """What the tool says instead of migrating."""
    down_error: str | None = None


def read_sql(paths: Sequence[Path], ecto_config: str | None, prefix: str | None) -> Iterator[MigrationSql]:
    """Every migration in the folders and files, in the order in which it is applied.

    An SQL file that no tool claims is read as it is written. Raises UsageError for a path that is not there or holds no
    migrations, SettingsError for a wrong ``ecto_config``.
    """
    expect_there(paths, "Name a migration file, or a folder of migrations.")
    for path in paths:
        found = list(_of_path(path, ecto_config, prefix))
        if not found:
            raise UsageError(
                f"found no migrations in {path}",
                hint=f"Name a folder that a migration tool reads, or a {_SQL} file. Of migrations that are code, "
                "`migration trace` hears what they send.",
            )
        yield from found


def as_json_lines(migrations: Iterator[MigrationSql]) -> Iterator[str]:
    for migration in migrations:
        yield json.dumps(asdict(migration), ensure_ascii=False) + "\n"


def as_sql(migrations: Iterator[MigrationSql], *, down: bool) -> Iterator[str]:
    """A script to read: a heading per file, a line number per statement, and comments for what is missing."""
    name = "down" if down else "up"
    for migration in migrations:
        outside = "" if migration.transaction else ", outside of a transaction"
        yield f"-- {one_line(migration.path)} ({name}{outside})\n"
        for part in migration.dynamic:
            if part.direction == name:
                yield f"-- line {part.line}: {one_line(part.reason)}\n"
        for statement in migration.down if down else migration.up:
            yield f"-- line {statement.line}\n{visible(statement.sql.strip()).rstrip(';')};\n"
        yield "\n"


def _of_path(path: Path, ecto_config: str | None, prefix: str | None) -> Iterator[MigrationSql]:
    folder = path if path.is_dir() else path.parent
    root = _root(folder.resolve())
    inside = folder.resolve().relative_to(root).as_posix().removeprefix(".")
    entry = FolderSettings(path=inside, ecto_config=ecto_config, prefix=prefix)
    tree = _tree(root, inside)
    settings = Settings(folders=(entry,))
    is_claimed = False
    for history in find_histories(tree, settings):
        for found, where in _of_history(history, tree, settings):
            if path.is_dir() or path.resolve() == root / where:
                is_claimed = True
                yield _named(found, path if path.is_dir() else folder, inside, where)
    if path.suffix == _SQL and path.is_file() and not is_claimed:
        yield _of_loose(path)


def _of_loose(path: Path) -> MigrationSql:
    """A file of no tool, each statement committing by itself. Raises UsageError when there is none, FileError for no text."""
    name = path.as_posix()
    history = as_written(View(Files({name: path})), [name])
    for problem in history.problems:
        raise FileError(problem.message, path=name, line=problem.line)
    found = _of_migration(history.migrations[0])
    if not (found.up or found.dynamic):
        raise no_statement([name])
    return found


def _named(found: MigrationSql, folder: Path, inside: str, where: str) -> MigrationSql:
    """With its path as the user would name it."""
    below = where.removeprefix(f"{inside}/") if inside else where
    return replace(found, path=(folder / below).as_posix())


def _root(folder: Path) -> Path:
    """The project around the folder, for its configuration: the outermost one, but none outside of the repository."""
    around = [place for place in (folder, *folder.parents) if any((place / name).exists() for name in _ROOTS)]
    repository = next((place for place in around if (place / ".git").exists()), None)
    if repository is not None:
        return repository
    return around[-1] if around else folder


def _tree(root: Path, inside: str) -> Tree:
    """What git sees, unless the folder is none of its concern (ignored, or no repository at all)."""
    try:
        repository = open_repository(root)
    except NotARepository:
        return DirectoryTree(root, str(root))
    seen = repository.work_tree()
    is_seen = any(is_inside(path, inside) for path in seen.paths())
    return seen if is_seen and repository.root.resolve() == root else DirectoryTree(root, str(root))


def _of_history(history: History, tree: Tree, settings: Settings) -> Iterator[tuple[MigrationSql, str]]:
    if history.tool == "ecto":
        view = View(tree, include=[folder.path for folder in settings.folders])
        for file, translation in translations(view, history.folder, settings):
            yield _of_translation(file.path, translation), file.path
        return
    for migration in history.migrations:
        yield _of_migration(migration), migration.path


def _of_translation(path: str, translation: Translation) -> MigrationSql:
    up, down = translation.up, translation.down
    return MigrationSql(
        path=path,
        up=tuple(Sql(sent.sql, sent.line) for sent in up.sent),
        down=tuple(Sql(sent.sql, sent.line) for sent in down.sent),
        dynamic=(*_parts(up, "up"), *_parts(down, "down")),
        transaction=translation.transaction,
        migration_lock=translation.migration_lock,
        up_error=up.refusal.message if up.refusal else None,
        down_error=down.refusal.message if down.refusal else None,
    )


def _parts(direction: Direction, name: str) -> Iterator[Part]:
    for dynamic in direction.dynamic:
        yield Part(dynamic.line, dynamic.reason, name)
    if direction.refusal:
        yield Part(direction.refusal.line, f"Ecto refuses it: {direction.refusal.message}", name)


def _of_migration(migration: Migration) -> MigrationSql:
    gaps = [Part(gap.line, gap.reason, gap.direction) for gap in migration.gaps]
    if migration.opaque:
        gaps.append(Part(migration.opaque_line, migration.opaque, "up"))
    script = migration.up or migration.down
    return MigrationSql(
        path=migration.path,
        up=_statements(migration.up),
        down=_statements(migration.down),
        dynamic=tuple(gaps),
        transaction=script is not None and script.transaction is not TransactionMode.AUTOCOMMIT,
        migration_lock=None,
    )


def _statements(script: Script | None) -> tuple[Sql, ...]:
    return tuple(Sql(statement.sql, statement.line) for statement in script.statements) if script else ()
