"""One revision: its snapshots against the database that its migrations make."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from checks import catalog
from checks.ash.compare import compare
from checks.ash.deviation import Deviation
from checks.ash.expected import Wanted, make
from checks.ash.extensions import extension_deviations
from checks.ash.places import Place, snapshots_of
from checks.ash.read import read_extensions, read_snapshot
from checks.ash.snapshot import Extensions, Snapshot
from checks.ash.statements import sent_by, statement_deviations
from checks.catalog import Catalog
from checks.ecto.settings import RepoSettings
from checks.frameworks.ecto_history import repo_of_folder
from checks.frameworks.view import View
from checks.model.migrations import History, Problem
from checks.sandbox.server import Database
from checks.settings import Settings

_MADE_IN = "ash snapshots"


@dataclass(frozen=True)
class Said:
    """What the snapshots of one folder of migrations say."""

    place: Place
    tables: Mapping[str, Wanted]
    """Folder of the table → its newest snapshot."""
    extensions: Extensions | None
    problems: tuple[Problem, ...]
    repo: RepoSettings


@dataclass(frozen=True)
class Standing:
    """What came of the comparison."""

    catalog: Catalog
    deviations: tuple[Deviation, ...]
    notes: tuple[tuple[str, str], ...]


def said_at(view: View, history: History, settings: Settings) -> Said | None:
    """None when the folder has no snapshots. Never raises for what a file says."""
    place = snapshots_of(view, history.folder)
    if place is None:
        return None
    repo, prefix = repo_of_folder(view, history.folder, settings)
    default = repo.migration_default_prefix if isinstance(repo.migration_default_prefix, str) else "public"
    tables, problems = {}, []
    for name, path in place.newest.items():
        read = read_snapshot(view, path)
        if isinstance(read, Snapshot):
            tables[name] = _wanted(path, read, (prefix or default) if place.for_tenants else None, default)
        else:
            problems.append(read)
    extensions = read_extensions(view, place.extensions) if place.extensions else None
    if isinstance(extensions, Problem):
        problems.append(extensions)
        extensions = None
    return Said(place, tables, extensions, tuple(problems), repo)


def emptied(said: Said) -> Said:
    """What is left when all files are gone."""
    place = replace(said.place, newest={}, dev=(), extensions=None)
    return replace(said, place=place, tables={}, extensions=None, problems=())


def _wanted(path: str, snapshot: Snapshot, tenants: str | None, default: str) -> Wanted:
    schema = tenants or snapshot.db_schema or default
    return Wanted(path, snapshot, schema, _MADE_IN if schema == default else f"{_MADE_IN} {schema}")


def stand(said: Said, history: History, database: Database, settings: Settings) -> Standing:
    """Compare, in a database that is of no other use afterwards. Raises SandboxLost."""
    made = make(database, list(said.tables.values()), said.repo, settings)
    found = catalog.read(database)
    compared = compare(made, found)
    deviations = [*compared.deviations, *_of_statements(said, history)]
    if said.extensions is not None:
        deviations += extension_deviations(said.extensions, found)
    return Standing(found, tuple(deviations), tuple(compared.notes))


def _of_statements(said: Said, history: History) -> Iterator[Deviation]:
    wanted = [one for one in said.tables.values() if one.snapshot.custom_statements]
    sent = sent_by(history.migrations) if wanted else frozenset()
    for one in wanted:
        if not one.snapshot.drop_table_opted_out:
            yield from statement_deviations(one, sent, said.repo)
