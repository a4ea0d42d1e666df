"""From what the command line was given to a Report."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from bot import console
from bot.changes import changes_between
from bot.configured import settings_of
from bot.statistics import secret_statistics
from checks.errors import UsageError
from checks.model.report import Report
from checks.progress import Progress
from checks.settings import FolderSettings, Settings, load
from checks.trees import MemoryTree, Tree
from checks.trees.git import Repository, open_repository
from checks.validate import validate_changes
from checks.wire.tools import known_tools

NOTHING_YET = "no commit yet"
NAME_THEM = "If there are some, name their folder and tool: `folders` in docs/configuration.md."
CODE = (
    "{file} is {tool}'s, whose migrations are code: nothing is known of them until the configuration lets its commands run. "
    "Write into .github/migration.yml: `commands: {{{what}}}`"
)


def validate_repository(
    path: Path | None, base: str | None, head: str | None, progress: Progress
) -> tuple[Report, Settings]:
    """Validate ``base`` → ``head`` of the repository around ``path``, only below ``path`` when it is given.

    Without ``base``: where ``head`` left the default branch. Without ``head``: the working tree.
    Raises UsageError for what cannot be found, SandboxError when nothing can run it.
    """
    repository = open_repository(path or Path.cwd())
    before = base_of(repository, base, head)
    after = head_of(repository, head)
    settings = settings_between(before, after)
    if path is not None:
        settings = narrowed(settings, _inside(repository, path))
    root = repository.root if path is None else None
    changes = changes_between(before, after, settings, root, progress)
    report = validate_changes(
        changes, before, after, settings, progress, today=date.today(), statistics=secret_statistics()
    )
    code = None if settings.commands else code_hint(after, _inside(repository, path) if path else "")
    if report.says_nothing and not report.histories:
        raise UsageError(f"found no migrations in {path or repository.root}", hint=code or NAME_THEM)
    if code:
        console.note(f"note: {code}")
    return report, settings


def code_hint(tree: Tree, near: str = "") -> str | None:
    """What to write so that a framework's migrations are looked at, where a file shows that there is one.

    Of several the one around or in the folder ``near``. Nothing of it is run unasked.
    """

    def how_far(path: str) -> tuple[bool, int, str]:
        folder = path.rpartition("/")[0]
        return not (_is_inside(near, folder) or _is_inside(folder, near)), path.count("/"), path

    names = {tool.shown_by: tool.name for tool in known_tools().values() if tool.shown_by}
    found = (path for path in tree.paths() if path in names or path.rpartition("/")[2] in names)
    file = min(found, key=how_far, default=None)
    if file is None:
        return None
    tool = names.get(file) or names[file.rpartition("/")[2]]
    folder = "" if file in names else file.rpartition("/")[0]
    what = f"tool: {tool}, folder: {folder}" if folder else f"tool: {tool}"
    return CODE.format(file=file, tool=tool, what=what)


def base_of(repository: Repository, base: str | None, head: str | None) -> Tree:
    """The revision to compare with: ``base``, or where ``head`` left the default branch.

    Before the first commit that is nothing: every migration is new.
    """
    if base is None and repository.is_unborn():
        return MemoryTree({}, NOTHING_YET)
    return repository.revision(_merge_base(repository, head) if base is None else base)


def head_of(repository: Repository, head: str | None) -> Tree:
    """The revision to look at; the working tree when none is named."""
    return repository.work_tree() if head is None else repository.revision(head)


def settings_for(repository: Repository, path: Path | None, tree: Tree) -> Settings:
    """The settings of one revision, looked at by itself and only below ``path`` when it is given."""
    settings = settings_between(tree, tree)
    return settings if path is None else narrowed(settings, _inside(repository, path))


def narrowed(settings: Settings, folder: str) -> Settings:
    """The settings for one folder of the tree and what is below it; ``""`` is all of it."""
    if not folder:
        return settings
    below = tuple(entry for entry in settings.folders if _is_inside(entry.path, folder))
    above = [entry for entry in settings.folders if _is_inside(folder, entry.path)]
    database = max(above, key=lambda entry: len(entry.path)).database if above else ""
    return settings.model_copy(update={"folders": below or (FolderSettings(path=folder, database=database),)})


def _merge_base(repository: Repository, head: str | None) -> str:
    return repository.merge_base(repository.default_branch(), head or "HEAD")


def settings_between(before: Tree, after: Tree) -> Settings:
    """The settings of the base. That they changed goes to standard error, too."""
    settings = settings_of(before)
    if load(after)[0] != settings:
        console.note(f"note: the configuration has changed; the one of the base ({before.label}) is in force")
    return settings


def _inside(repository: Repository, path: Path) -> str:
    if not path.is_dir():
        raise UsageError(f"{path} is no folder", hint="Name a folder: its migrations are validated.")
    folder = path.resolve().relative_to(repository.root.resolve()).as_posix()
    return "" if folder == "." else folder


def _is_inside(path: str, folder: str) -> bool:
    path, folder = (text.strip("/").removeprefix("./") for text in (path, folder))
    return folder in ("", ".") or path == folder or path.startswith(f"{folder}/")
