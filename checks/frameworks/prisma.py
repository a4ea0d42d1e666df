"""Prisma Migrate: a folder per migration, ``<name>/migration.sql``, beside ``migration_lock.toml``.

Every folder below the migrations folder is a migration, in the order of the names; Prisma stops (P3015)
at one without ``migration.sql``. The file is sent as one simple query: PostgreSQL makes it one transaction,
unless it says BEGIN and COMMIT itself, and ``CREATE INDEX CONCURRENTLY`` works only when it is alone.
There are no downs; a ``down.sql`` kept beside it, as Prisma's manual advises, is run with ``prisma db execute``,
which also sends one query. ``migrate deploy`` compares a SHA-256 of each applied file, but only warns;
``migrate dev`` wants to reset the database when an applied file was edited.

Source: schema-engine's ``migrations_directory.rs``, ``apply_migration_script`` and ``sql_migration_persistence.rs``,
and ``listMigrations.ts`` of Prisma 6.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from checks.errors import FileError
from checks.frameworks.files import digest, near_miss, opaque, source, whole_file
from checks.frameworks.framework import Claim, Strength
from checks.frameworks.view import View, join, parent
from checks.model.migrations import History, Migration, Problem, TransactionMode
from checks.settings import Settings

_LOCK = "migration_lock.toml"
_SCRIPT = "migration.sql"
_LOCK_PROVIDER = re.compile(r'^provider\s*=\s*"([^"]*)"', re.MULTILINE)
_SCHEMA_PROVIDER = re.compile(r'datasource\s+\w+\s*\{[^}]{0,2000}?provider\s*=\s*"([^"]*)"', re.DOTALL)
_POSTGRES = ("postgresql", "postgres")
_TIMESTAMP = re.compile(r"\d{14}_")
_CODE = re.compile(r"migration\.(?:[cm]?[jt]s)")
_TABLE = """CREATE TABLE public._prisma_migrations (
    id varchar(36) PRIMARY KEY NOT NULL,
    checksum varchar(64) NOT NULL,
    finished_at timestamptz,
    migration_name varchar(255) NOT NULL,
    logs text,
    rolled_back_at timestamptz,
    started_at timestamptz NOT NULL DEFAULT now(),
    applied_steps_count integer NOT NULL DEFAULT 0
)"""


class Prisma:
    name = "prisma"

    def claims(self, view: View) -> Iterable[Claim]:
        for folder in {parent(parent(path)) for path in view.paths() if path.endswith(f"/{_SCRIPT}")}:
            scripts = tuple(path for name in view.subfolders(folder) for path in _scripts(view, folder, name))
            strength = _strength(view, folder)
            if scripts and strength is not None:
                inside = tuple(join(folder, name) for name in view.subfolders(folder))
                yield Claim(self.name, folder, strength, scripts, inside)

    def read(self, view: View, folder: str, settings: Settings) -> History:
        migrations: list[Migration] = []
        problems: list[Problem] = []
        for name in view.subfolders(folder):
            migration, problem = _read(view, folder, name)
            migrations.extend([migration] if migration else [])
            problems.extend([problem] if problem else [])
        problems.extend(
            near_miss(
                path,
                1,
                "Prisma skips this file: it reads only folders that hold a migration.sql. "
                f"To run it, move it to {path.removesuffix('.sql')}/{_SCRIPT}.",
            )
            for path in view.files(folder)
            if path.endswith(".sql")
        )
        return History(
            tool=self.name,
            folder=folder,
            migrations=tuple(migrations),
            problems=tuple(problems),
            has_downs=False,
            bookkeeping=(_TABLE,),
        )


def _scripts(view: View, folder: str, name: str) -> Iterable[str]:
    """The migration's script; a ``snapshot.json`` beside it would make it Drizzle's."""
    path = join(join(folder, name), _SCRIPT)
    if view.has(path) and not view.has(join(join(folder, name), "snapshot.json")):
        yield path


def _strength(view: View, folder: str) -> Strength | None:
    """None when it is another database's, or nothing but a file's name speaks for Prisma."""
    provider = _provider(view, join(folder, _LOCK), _LOCK_PROVIDER)
    if provider is not None:
        return Strength.MARKER if provider in _POSTGRES else None
    schema = view.nearest(folder, "schema.prisma", "prisma/schema.prisma")
    if schema is not None:
        return Strength.DEPENDENCY if _provider(view, schema, _SCHEMA_PROVIDER) in _POSTGRES else None
    named = any(_TIMESTAMP.match(name) for name in view.subfolders(folder))
    return Strength.GRAMMAR if named else None


def _provider(view: View, path: str, pattern: re.Pattern[str]) -> str | None:
    """The provider that the file names, ``""`` when it names none; None when it cannot be read."""
    if not view.has(path):
        return None
    try:
        found = pattern.search(view.text(path))
    except FileError:
        return None
    return found[1] if found else ""


def _read(view: View, folder: str, name: str) -> tuple[Migration | None, Problem | None]:
    here = join(folder, name)
    up, down = join(here, _SCRIPT), join(here, "down.sql")
    label = _TIMESTAMP.sub("", name, count=1)
    if not view.has(up):
        return _without_script(view, here, name, label)
    files = (up, down) if view.has(down) else (up,)
    texts = [source(view, path) for path in files]
    problem = next((text.problem for text in texts if text.problem), None)
    if problem:
        return opaque(view, name, label, files, problem.message, problem.line), problem
    scripts = [whole_file(text.path, text.text, TransactionMode.SINGLE_QUERY) for text in texts]
    return (
        Migration(
            version=name,
            name=label,
            path=up,
            files=files,
            digest=digest(view, files),
            up=scripts[0],
            down=scripts[1] if len(scripts) > 1 else None,
        ),
        None,
    )


def _without_script(view: View, here: str, name: str, label: str) -> tuple[Migration | None, Problem | None]:
    files = view.files(here)
    code = [path for path in files if _CODE.fullmatch(path.rpartition("/")[2])]
    if code:
        return opaque(view, name, label, code, "a TypeScript or JavaScript migration, which is code"), None
    found = (
        f"it holds {', '.join(path.rpartition('/')[2] for path in files[:3])}"
        if files
        else "it holds no file"
    )
    message = (
        f"Prisma stops here with P3015: every folder is a migration and needs a {_SCRIPT}, but {found}. "
        f"Name the script {_SCRIPT}, or move the folder out of the migrations."
    )
    return None, near_miss(files[0] if files else here, 1, message)


FRAMEWORK = Prisma()
