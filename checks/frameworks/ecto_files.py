"""One ``.exs`` file of Ecto → a Migration, and the project around it: mix.exs, configuration, repo."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from checks.ecto.configuration import Configuration, read_configuration
from checks.ecto.oban import newest_in
from checks.ecto.project import Project
from checks.ecto.repos import RepoModule, all_repos, repo_of, settings_of
from checks.ecto.runner import Sent
from checks.ecto.settings import RepoSettings
from checks.ecto.translate import Direction, Translation
from checks.elixir.stops import Kind
from checks.errors import FileError
from checks.frameworks.ecto_hazards import hazards
from checks.frameworks.files import digest, source
from checks.frameworks.view import View, base_name, is_inside, join, parent
from checks.model.migrations import Gap, Migration, Problem, Script, Statement, TransactionMode
from checks.sql.split import split

_IRREVERSIBLE = "cannot reverse migration command"
_NO_FUNCTION = "no function"


@dataclass(frozen=True)
class EctoFile:
    path: str
    version: int
    name: str


@dataclass(frozen=True)
class EctoProject:
    """What lies around a folder of migrations."""

    project: Project
    configuration: Configuration
    repo: RepoModule | None
    settings: RepoSettings
    oban_newest: int


def ecto_project(view: View, folder: str) -> EctoProject:
    """The mix project that the folder is in, and the repo whose folder it is."""
    manifest = view.nearest(folder, "mix.exs")
    root = parent(manifest) if manifest else ""
    configured = _configured_in(view, root)
    configuration = read_configuration(Project("config", _Reader(view, configured)))
    modules = all_repos(_repo_texts(view, root), configuration)
    below = folder[len(root) :].strip("/")
    repo = repo_of(below, modules, configuration)
    project = Project(below, _Reader(view, root), configuration.lookup)
    lock = view.nearest(folder, "mix.lock")
    newest = newest_in(source(view, lock).text if lock else None)
    return EctoProject(project, configuration, repo, settings_of(repo, configuration), newest)


def _configured_in(view: View, root: str) -> str:
    """Umbrella projects keep the configuration of all their applications at the top."""
    place = root
    while not view.has(join(join(place, "config"), "config.exs")):
        if not place:
            return root
        place = parent(place)
    return place


def _repo_texts(view: View, root: str) -> Iterator[str]:
    for path in view.paths():
        if path.endswith(".ex") and "repo" in base_name(path) and is_inside(path, root):
            yield source(view, path).text


class _Reader:
    """Files of the project, by their path from its mix.exs."""

    def __init__(self, view: View, root: str) -> None:
        self._view = view
        self._root = root

    def __call__(self, path: str) -> str | None:
        whole = join(self._root, path)
        if not self._view.has(whole):
            return None
        try:
            return self._view.text(whole)
        except FileError:
            return None


def migration_of(
    view: View, file: EctoFile, translation: Translation, settings: RepoSettings
) -> tuple[Migration, list[Problem]]:
    """Never raises for what a file says: that is a gap, a problem, or makes it opaque."""
    text = source(view, file.path)
    up, problems = _script(file.path, translation.up, translation)
    down, more = _script(file.path, translation.down, translation)
    refusal = translation.up.refusal
    broken = text.problem.message if text.problem else _refused(refusal.message) if refusal else None
    migration = Migration(
        version=str(file.version),
        name=file.name,
        path=file.path,
        files=(file.path,),
        digest=digest(view, [file.path]),
        up=None if broken else up,
        down=None if translation.down.refusal else down,
        opaque=broken,
        opaque_line=refusal.line if refusal else 1,
        gaps=() if broken else (*_gaps(file.path, translation, "up"), *_gaps(file.path, translation, "down")),
        irreversible=_irreversible(translation.down),
        translation=_hash((up, down)),
    )
    found = [*([text.problem] if text.problem else []), *problems, *more]
    return migration, [*found, *hazards(file.path, translation, settings)]


def _script(path: str, direction: Direction, translation: Translation) -> tuple[Script, list[Problem]]:
    statements: list[Statement] = []
    problems: list[Problem] = []
    for sent in direction.sent:
        found = _statements(path, sent)
        statements += found
        if len(found) > 1:
            problems.append(_several(path, sent, found))
    mode = TransactionMode.TRANSACTION if translation.transaction else TransactionMode.AUTOCOMMIT
    return Script(statements=tuple(statements), transaction=mode), problems


def _statements(path: str, sent: Sent) -> list[Statement]:
    """Usually one. The lines are those of the call; where the SQL itself begins is kept for errors."""
    if "\0" in sent.sql:
        return []
    first = sent.sql_line or sent.line
    return [
        Statement(
            sql=found.sql,
            path=path,
            line=sent.line,
            end_line=max(sent.line, sent.end_line),
            sql_line=found.line if sent.sql_line else None,
        )
        for found in split(sent.sql, path, first)
    ]


def _several(path: str, sent: Sent, found: Sequence[Statement]) -> Problem:
    message = (
        f"Ecto sends this as one prepared statement, and PostgreSQL refuses {len(found)} commands in one (SQLSTATE 42601). "
        "Give each command an `execute` of its own."
    )
    return Problem(rule="ecto-several-commands", path=path, line=sent.line, message=message)


def _gaps(path: str, translation: Translation, direction: str) -> Iterator[Gap]:
    found = translation.up if direction == "up" else translation.down
    for dynamic in found.dynamic:
        if dynamic.kind is Kind.STATE:
            continue  # the base state is what the earlier migrations have left
        yield Gap(
            path=path,
            line=dynamic.line,
            reason=dynamic.reason,
            direction="up" if direction == "up" else "down",
            kind="code" if dynamic.kind is Kind.CODE else "data" if dynamic.kind is Kind.DATA else "doubt",
        )


def _refused(message: str) -> str:
    return f"Ecto refuses it: {message}"


def _irreversible(down: Direction) -> str | None:
    """The author's own words in ``raise``; that a ``change`` cannot be turned around is nobody's word."""
    refusal = down.refusal
    if refusal is None or down.operation == "change" or _NO_FUNCTION in refusal.message:
        return None
    return refusal.message.partition(") ")[2] or refusal.message


def _hash(scripts: Sequence[Script]) -> str:
    total = hashlib.sha256()
    for script in scripts:
        for statement in script.statements:
            total.update(statement.sql.encode() + b"\0")
        total.update(b"\1")
    return total.hexdigest()
