"""Flyway: ``V<version>__description.sql``, ``U`` to undo, ``R`` repeatable, ``B`` baseline, and callbacks.

A location is read with everything below it. The version is split at ``.`` and ``_`` and compared number by number;
leading zeros and trailing ``.0`` do not count. ``R`` migrations run after all versions, in the order of their
descriptions, whenever their text changes. A name that does not fit is skipped without a word. ``B`` files are only
for new databases: they are left out here where the versions they replace still exist.

Each migration runs in one transaction, except: ``executeInTransaction=false`` in ``<file>.conf`` or in the configuration;
a statement that Flyway itself knows to refuse one (``CREATE INDEX CONCURRENTLY``, ``VACUUM`` …, found by its first
keywords); ``group=true``, one transaction for all. It refuses a file that mixes both kinds, unless ``mixed=true``.
``beforeMigrate`` and ``afterMigrate`` scripts are read as repeatable migrations around all others; the statements of
``beforeEachMigrate`` and ``afterEachMigrate`` belong to each migration's own transaction.

Applied files are held by a CRC-32 of their lines: ``migrate`` validates first and stops when one was edited.

Source: ``ResourceNameParser``, ``MigrationVersion``, ``ParserSqlScript``, ``PostgreSQLParser``, ``DbMigrate``,
``PlaceholderReplacingReader``, ``PostgreSQLDatabase`` of Flyway 11 and 12.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from checks.frameworks.files import near_miss, opaque
from checks.frameworks.flyway_config import FlywayConfig, configurations
from checks.frameworks.flyway_files import FlywayFile, read_file
from checks.frameworks.flyway_lock import holds_a_transaction, waits_for_its_own_lock
from checks.frameworks.flyway_names import Kind, Name, normal_version, order, parse_name, why_skipped
from checks.frameworks.framework import Claim, Strength
from checks.frameworks.view import View, base_name, is_inside, join, parent
from checks.model.migrations import History, Migration, Problem, Script
from checks.settings import Settings
from checks.trees import Tree

_CONVENTION = re.compile(r"(?:.*/)?db/migrations?")
_VENDORS = ("postgresql", "postgres", "pg")
_OTHER_VENDOR = re.compile(
    r"(?:^|[/_.-])(?:mysql|mariadb|sqlite|oracle|mssql|sqlserver|db2|clickhouse)(?:[/_.-]|$)", re.I
)
_OTHER_SQL = ("ENGINE=InnoDB", "ENGINE = InnoDB", "AUTO_INCREMENT", "auto_increment", "`id`")
_CODE_FOLDERS = ("java", "kotlin", "groovy", "scala")
_CODE = re.compile(
    r"(?P<prefix>[VR])(?P<version>\d[\d_.]*)?__(?P<name>\w+)\.(?:java|kt|groovy|scala|py|ps1|sh|bash)"
)
_AROUND_ALL = ("beforeMigrate", "beforeRepeatables", "afterVersioned", "afterMigrateApplied", "afterMigrate")
_TABLE = """CREATE TABLE {table} (
    installed_rank integer NOT NULL CONSTRAINT "{name}_pk" PRIMARY KEY,
    version varchar(50),
    description varchar(200) NOT NULL,
    type varchar(20) NOT NULL,
    script varchar(1000) NOT NULL,
    checksum integer,
    installed_by varchar(100) NOT NULL,
    installed_on timestamp NOT NULL DEFAULT now(),
    execution_time integer NOT NULL,
    success boolean NOT NULL
)"""


class Found(NamedTuple):
    """A file whose name Flyway understands."""

    name: Name
    path: str


class Flyway:
    name = "flyway"

    def claims(self, view: View) -> Iterable[Claim]:
        configs = list(configurations(view))
        by_root: dict[str, list[str]] = {}
        for folder, names in view.folders.items():
            config = _config_for(configs, folder)
            files = [join(folder, name) for name in names if _is_versioned(name, config)]
            if files and config.postgres and not _is_for_another_database(view, folder, files):
                by_root.setdefault(_root(view, folder, config), []).extend(files)
        for root, files in by_root.items():
            config = _config_for(configs, root)
            known = root in config.locations or _CONVENTION.fullmatch(_without_vendor(root))
            if config.locations and root in config.locations[1:] and by_root.get(config.locations[0]):
                continue
            others = [
                path for place in config.locations[1:] for path in by_root.get(place, ()) if place != root
            ]
            yield Claim(
                self.name,
                root,
                Strength.MARKER if known else Strength.GRAMMAR,
                (*files, *others),
                (*_below(view, root), *config.locations) if known else tuple(_below(view, root)),
            )

    def read(self, view: View, folder: str, settings: Settings) -> History:
        config = _config_for(list(configurations(view)), folder)
        places = config.locations if folder in config.locations else (folder,)
        paths = [path for place in places for path in _all_below(view, place)]
        found = _found(paths, config)
        files = [read_file(view, item.path, item.name, config, settings) for item in found]
        migrations = _in_order(view, files, list(_code(view, places)))
        return History(
            tool=self.name,
            folder=folder,
            migrations=tuple(migrations),
            problems=(
                *(problem for file in files for problem in file.problems),
                *_skipped(view, paths, config),
                *waits_for_its_own_lock(view, migrations, config),
            ),
            has_downs=any(file.name.kind is Kind.UNDO for file in files),
            strict_order=not config.out_of_order,
            bookkeeping=_bookkeeping(config),
            search_path=f'"{config.schema}"' if config.schema else None,
        )


def waits_for_snapshots_of_its_own(tree: Tree, folder: str) -> bool:
    """Whether CONCURRENTLY would wait for Flyway's own lock in this folder, as far as the tree says."""
    view = View(tree)
    return holds_a_transaction(view, _config_for(list(configurations(view)), folder))


def _config_for(configs: Sequence[FlywayConfig], folder: str) -> FlywayConfig:
    """The configuration that names the folder, else the one closest above it, else Flyway's defaults.

    One for PostgreSQL goes before one for another database (a profile for tests on H2).
    """
    configs = sorted(configs, key=lambda config: config.postgres)
    naming = [config for config in configs if any(is_inside(folder, place) for place in config.locations)]
    if naming:
        return naming[-1]
    around = [config for config in configs if is_inside(folder, config.reach)]
    return replace(around[-1], locations=()) if around else FlywayConfig()


def _is_versioned(file: str, config: FlywayConfig) -> bool:
    name = parse_name(file, config) if config.separator in file else None
    return name is not None and name.kind is Kind.VERSIONED


def _root(view: View, folder: str, config: FlywayConfig) -> str:
    """The location that the folder belongs to: configured, ``db/migration``, or the topmost that has versions."""
    for place in config.locations:
        if is_inside(folder, place):
            return place
    above = folder
    while above:
        if _CONVENTION.fullmatch(above):
            vendor = folder.removeprefix(above).strip("/").partition("/")[0]
            return join(above, vendor) if vendor.lower() in _VENDORS else above
        above = parent(above)
    top = folder
    while folder:
        folder = parent(folder)
        if any(_is_versioned(name, config) for name in view.folders.get(folder, ())):
            top = folder
    return top


def _without_vendor(folder: str) -> str:
    return parent(folder) if base_name(folder).lower() in _VENDORS else folder


def _is_for_another_database(view: View, folder: str, files: Sequence[str]) -> bool:
    """The folder's name says it, or what is in its first files does."""
    return bool(_OTHER_VENDOR.search(folder)) or any(view.holds(path, *_OTHER_SQL) for path in files[:5])


def _below(view: View, folder: str) -> Iterator[str]:
    return (other for other in view.folders if other != folder and is_inside(other, folder))


def _all_below(view: View, folder: str) -> list[str]:
    """Every file of the location; hidden folders are skipped, as Flyway does."""
    return [
        join(place, name)
        for place, names in view.folders.items()
        if is_inside(place, folder) and "/." not in f"/{place.removeprefix(folder)}"
        for name in names
    ]


def _found(paths: Iterable[str], config: FlywayConfig) -> list[Found]:
    named = ((path, parse_name(base_name(path), config)) for path in paths)
    return [Found(name, path) for path, name in named if name is not None]


def _in_order(view: View, files: Sequence[FlywayFile], code: Sequence[Migration]) -> list[Migration]:
    by_kind = {kind: [file for file in files if file.name.kind is kind] for kind in Kind}
    undo = {file.name.version: file for file in by_kind[Kind.UNDO]}
    versioned = [*_needed_baseline(by_kind), *by_kind[Kind.VERSIONED]]
    each = {
        moment: [file for file in by_kind[Kind.CALLBACK] if file.name.prefix == moment]
        for moment in ("beforeEachMigrate", "afterEachMigrate")
    }
    middle = [
        _between(migration, each["beforeEachMigrate"], each["afterEachMigrate"])
        for migration in (
            *(file.migration(view, undo.get(file.name.version)) for file in versioned),
            *(file.migration(view) for file in by_kind[Kind.REPEATABLE]),
            *code,
        )
    ]
    middle.sort(key=lambda item: (item.repeatable, () if item.repeatable else order(item.version), item.name))
    around = sorted(
        (file for file in by_kind[Kind.CALLBACK] if file.name.prefix in _AROUND_ALL),
        key=lambda file: (_AROUND_ALL.index(file.name.prefix), file.name.description),
    )
    before = [file.migration(view) for file in around if file.name.prefix == "beforeMigrate"]
    after = [file.migration(view) for file in around if file.name.prefix != "beforeMigrate"]
    return [*before, *middle, *after]


def _needed_baseline(by_kind: dict[Kind, list[FlywayFile]]) -> list[FlywayFile]:
    """The newest baseline, when the versions that it stands for are gone."""
    newest = max(by_kind[Kind.BASELINE], key=lambda file: order(file.name.version), default=None)
    if newest is None:
        return []
    replaced = [
        file for file in by_kind[Kind.VERSIONED] if order(file.name.version) <= order(newest.name.version)
    ]
    return [] if replaced else [newest]


def _between(migration: Migration, before: Sequence[FlywayFile], after: Sequence[FlywayFile]) -> Migration:
    """The migration with the callbacks' statements in its own transaction."""
    if migration.up is None or not (before or after):
        return migration
    scripts = [file.up for file in before] + [migration.up] + [file.up for file in after]
    statements = tuple(statement for part in scripts if part for statement in part.statements)
    up = Script(statements=statements, transaction=migration.up.transaction)
    return migration.model_copy(update={"up": up})


def _code(view: View, places: Iterable[str]) -> Iterator[Migration]:
    """Java and script migrations: in the location, or in the source folder that compiles to it."""
    for place in places:
        before, found, package = place.partition("src/main/resources/")
        sources = [f"{before}src/main/{language}/{package}" for language in _CODE_FOLDERS] if found else []
        for path in (path for folder in (place, *sources) for path in _all_below(view, folder)):
            match = _CODE.fullmatch(base_name(path))
            version = normal_version(match["version"]) if match and match["version"] else None
            if match and (version or match["prefix"] == "R"):
                name = match["name"].replace("_", " ")
                reason = f"a migration in {path.rpartition('.')[2]}, which is code"
                migration = opaque(view, version or f"R__{name}", name, [path], reason)
                yield migration.model_copy(update={"repeatable": version is None})


def _skipped(view: View, paths: Iterable[str], config: FlywayConfig) -> Iterator[Problem]:
    for path in paths:
        reason = why_skipped(base_name(path), config)
        if reason:
            yield near_miss(path, 1, reason)
        if path.lower().endswith(".sql.conf") and not view.has(path[: -len(".conf")]):
            yield near_miss(
                path, 1, f"Flyway never reads this: there is no {base_name(path)[: -len('.conf')]} beside it."
            )


def _bookkeeping(config: FlywayConfig) -> tuple[str, ...]:
    table = f'"{config.table}"'
    if not config.schema:
        return (_TABLE.format(table=f"public.{table}", name=config.table),)
    make = f'CREATE SCHEMA IF NOT EXISTS "{config.schema}"'
    return make, _TABLE.format(table=f'"{config.schema}".{table}', name=config.table)


FRAMEWORK = Flyway()
