"""Diesel: ``<version>_<name>/up.sql`` with ``down.sql`` and ``metadata.toml``.

The version is what stands before the first underscore, without dashes, compared as text. One transaction,
unless ``metadata.toml`` turns it off; a ``metadata.toml`` that leaves ``run_in_transaction`` out turns it
off too, and one that is not valid TOML does not count. Without the transaction the file is one query.
Source: Diesel 2, ``diesel_migrations/migrations_internals/src/lib.rs``, ``src/file_based_migrations.rs``,
``src/migration_harness.rs``.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator

from checks.errors import FileError
from checks.frameworks.files import depends_on, digest, near_miss, opaque, source, whole_file
from checks.frameworks.framework import Claim, Strength
from checks.frameworks.rust import is_for_postgres
from checks.frameworks.view import View, base_name, join
from checks.model.migrations import History, Migration, Problem, Script, TransactionMode
from checks.settings import Settings

_NAME = re.compile(r"[0-9][0-9-]*(?:_.*)?")
_BOOKKEEPING = """CREATE TABLE IF NOT EXISTS __diesel_schema_migrations (
    version varchar(50) PRIMARY KEY NOT NULL,
    run_on timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP
)"""


class Diesel:
    name = "diesel"

    def claims(self, view: View) -> Iterator[Claim]:
        candidates = {
            name.rpartition("/")[0] for name, files in view.folders.items() if "up.sql" in files and name
        }
        for folder in sorted(candidates):
            inside = tuple(join(folder, name) for name in view.subfolders(folder) if _NAME.fullmatch(name))
            files = tuple(join(each, "up.sql") for each in inside if view.has(join(each, "up.sql")))
            strength = _evidence(view, folder)
            if files and strength:
                postgres = is_for_postgres(view, folder, "diesel")
                yield Claim(self.name, folder, strength, files, inside, postgres)

    def read(self, view: View, folder: str, settings: Settings) -> History:
        problems: list[Problem] = []
        migrations: list[Migration] = []
        for name in view.subfolders(folder):
            if not name.startswith("."):
                migrations += _migration(view, join(folder, name), problems)
        return History(
            tool=self.name,
            folder=folder,
            migrations=tuple(sorted(migrations, key=lambda migration: (migration.version, migration.path))),
            problems=tuple(problems),
            bookkeeping=(_BOOKKEEPING,),
        )


FRAMEWORK = Diesel()


def _evidence(view: View, folder: str) -> Strength | None:
    if view.nearest(folder, "diesel.toml"):
        return Strength.MARKER
    if depends_on(view, folder, "Cargo.toml", "diesel"):
        return Strength.DEPENDENCY
    hasura = view.nearest(folder, "config.yaml")
    return None if hasura and view.holds(hasura, "metadata_directory") else Strength.GRAMMAR


def _migration(view: View, folder: str, problems: list[Problem]) -> Iterator[Migration]:
    up, down, metadata = (join(folder, name) for name in ("up.sql", "down.sql", "metadata.toml"))
    if not view.has(up):
        problems += _folder_without_up(view, folder)
        return
    version, _, name = base_name(folder).partition("_")
    version = version.replace("-", "")
    files = [path for path in (up, down, metadata) if view.has(path)]
    mode = (
        TransactionMode.TRANSACTION
        if _in_transaction(view, metadata, problems)
        else TransactionMode.SINGLE_QUERY
    )
    down_script = _script(view, down, mode, problems) if view.has(down) else None
    up_script = _script(view, up, mode, problems)
    if up_script is None:
        yield opaque(view, version, name, files, problems[-1].message, down=down_script)
        return
    yield Migration(
        version=version,
        name=name,
        path=up,
        files=tuple(files),
        digest=digest(view, files),
        up=up_script,
        down=down_script,
    )


def _script(view: View, path: str, mode: TransactionMode, problems: list[Problem]) -> Script | None:
    file = source(view, path)
    if not file.problem and not file.text:
        refused = near_miss(
            path, 1, "Diesel refuses an empty file; a comment is enough to say that nothing is to be done."
        )
        problems.append(refused)
        return None
    if file.problem:
        problems.append(file.problem)
        return None
    return whole_file(path, file.text, mode)


def _in_transaction(view: View, metadata: str, problems: list[Problem]) -> bool:
    if not view.has(metadata):
        return True
    try:
        content = tomllib.loads(view.text(metadata))
    except (FileError, tomllib.TOMLDecodeError) as error:
        problems.append(
            near_miss(
                metadata, 1, f"Diesel cannot read this file ({error}), ignores it, and opens a transaction."
            )
        )
        return True
    value = content.get("run_in_transaction")
    if value is None:
        message = (
            "Diesel runs this migration without a transaction, because the file does not say run_in_transaction. "
            "Say true or false."
        )
        problems.append(near_miss(metadata, 1, message))
        return False
    if not isinstance(value, bool):
        message = (
            "Diesel ignores this file and opens a transaction: run_in_transaction must be true or false."
        )
        problems.append(near_miss(metadata, 1, message))
        return True
    return value


def _folder_without_up(view: View, folder: str) -> Iterator[Problem]:
    """Diesel refuses all migrations when one folder has files but no up.sql."""
    files = view.files(folder)
    if not files and not _NAME.fullmatch(base_name(folder)):
        return
    almost = next((path for path in files if base_name(path).lower() in ("up.sql", "ups.sql")), None)
    path = almost or next(iter(files), folder)
    message = "Diesel refuses the whole migrations folder: this one has no 'up.sql'."
    hint = f" Probably {base_name(almost)} was meant as up.sql." if almost else ""
    yield near_miss(path, 1, message + hint)
