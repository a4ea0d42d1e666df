"""The history in a folder of Ecto's migrations: each translated into what Ecto would send."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from checks.ecto.oban import ObanState
from checks.ecto.options import with_given_options
from checks.ecto.settings import RepoSettings
from checks.ecto.translate import Translation, translate
from checks.frameworks.ecto import NAME
from checks.frameworks.ecto_files import EctoFile, EctoProject, ecto_project, migration_of
from checks.frameworks.files import near_miss, source
from checks.frameworks.view import View, base_name, is_inside, parent
from checks.model.migrations import History, Problem
from checks.settings import Settings


def read_history(tool: str, view: View, folder: str, settings: Settings) -> History:
    project = ecto_project(view, folder)
    repo, prefix = _repo(project, folder, settings)
    translated = list(_translations(view, folder, project, repo, prefix))
    files = [file for file, _ in translated]
    read = [migration_of(view, file, translation, repo) for file, translation in translated]
    return History(
        tool=tool,
        folder=folder,
        migrations=tuple(migration for migration, _ in read),
        problems=(
            *(problem for _, problems in read for problem in problems),
            *_twice(files),
            *_skipped(view, folder),
        ),
        bookkeeping=_bookkeeping(repo, prefix),
        schema_file=_structure(view, folder),
    )


def translations(view: View, folder: str, settings: Settings) -> Iterator[tuple[EctoFile, Translation]]:
    """Each migration of the folder, in Ecto's order, with what Ecto would send for it."""
    project = ecto_project(view, folder)
    return _translations(view, folder, project, *_repo(project, folder, settings))


def repo_of_folder(view: View, folder: str, settings: Settings) -> tuple[RepoSettings, str | None]:
    """What the repo of a folder of migrations is set to, and the migrator's prefix."""
    return _repo(ecto_project(view, folder), folder, settings)


def _translations(
    view: View, folder: str, project: EctoProject, repo: RepoSettings, prefix: str | None
) -> Iterator[tuple[EctoFile, Translation]]:
    oban = ObanState(project.oban_newest)
    for file in sorted(_files(view, folder), key=lambda file: (file.version, file.name)):
        text = source(view, file.path).text
        yield file, translate(text, repo, prefix, project.project, oban)


def _repo(project: EctoProject, folder: str, settings: Settings) -> tuple[RepoSettings, str | None]:
    """What the project says of the folder's repo and what our configuration does, and the migrator's prefix."""
    own = project.settings
    around = [entry for entry in settings.folders if is_inside(folder, entry.path.strip("/"))]
    given = max(around, key=lambda entry: len(entry.path), default=None)
    if given is None:
        return own, None
    return (own if given.ecto_config is None else with_given_options(own, given.ecto_config)), given.prefix


def _paths(view: View, folder: str) -> Iterator[str]:
    return (path for path in view.paths() if is_inside(parent(path), folder))


def _files(view: View, folder: str) -> Iterator[EctoFile]:
    for path in _paths(view, folder):
        match = NAME.fullmatch(base_name(path))
        if match:
            yield EctoFile(path, int(match["version"]), match["name"])


def _twice(files: Sequence[EctoFile]) -> Iterator[Problem]:
    """A number that comes twice has a rule of its own; a name is Ecto's concern alone."""
    names = Counter(file.name for file in files)
    for file in files:
        if names[file.name] > 1:
            message = (
                f"Ecto refuses to migrate as long as two migrations are named {file.name!r}, whatever their numbers are. "
                "Rename one of the files."
            )
            yield near_miss(file.path, 1, message)


def _skipped(view: View, folder: str) -> Iterator[Problem]:
    for path in _paths(view, folder):
        name = base_name(path)
        if name.endswith(".ex") and NAME.fullmatch(f"{name}s"):
            message = f"Ecto passes over it, because its name ends in .ex. Probably {name}s was meant."
            yield near_miss(path, 1, message)
        elif name.endswith(".exs") and not NAME.fullmatch(name) and view.holds(path, "use Ecto.Migration"):
            message = "Ecto passes over it: a name must begin with a number and an underscore."
            yield near_miss(path, 1, message)


def _structure(view: View, folder: str) -> str | None:
    """What ``mix ecto.dump`` writes beside the folder."""
    path = f"{parent(folder)}/structure.sql"
    return path if view.has(path) else None


def _bookkeeping(repo: RepoSettings, prefix: str | None) -> tuple[str, ...]:
    """The table that ``Ecto.Migration.SchemaMigration`` makes, and the schema of tenants."""
    source = repo.migration_source if isinstance(repo.migration_source, str) else "schema_migrations"
    place = prefix or repo.migration_default_prefix
    names: Iterable[str] = [place, source] if isinstance(place, str) else [source]
    table = ".".join('"' + name.replace('"', '""') + '"' for name in names)
    made = f'CREATE TABLE IF NOT EXISTS {table} ("version" bigint, "inserted_at" timestamp(0), PRIMARY KEY ("version"))'
    if not isinstance(place, str):
        return (made,)
    quoted = '"' + place.replace('"', '""') + '"'
    return f"CREATE SCHEMA IF NOT EXISTS {quoted}", made
