"""sqlx: ``<number>_<name>.sql``, or ``.up.sql`` with ``.down.sql``.

Each file is one query in one transaction, unless its first bytes are ``-- no-transaction``: then it is one
query without. A name with an underscore whose front is no whole number makes sqlx refuse the folder.
Source: sqlx 0.9, ``sqlx-core/src/migrate/source.rs``, ``migration_type.rs``, ``sqlx-postgres/src/migrate.rs``.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from checks.frameworks.files import depends_on, digest, near_miss, opaque, source, whole_file
from checks.frameworks.framework import Claim, Strength
from checks.frameworks.rust import is_for_postgres
from checks.frameworks.view import View, base_name, join, parent
from checks.model.migrations import History, Migration, Problem, Script, TransactionMode
from checks.settings import Settings

_NAME = re.compile(r"(?P<version>\+?[0-9]+)_(?P<name>.*?)(?P<kind>\.up|\.down|)\.sql")
_MAX_VERSION = 2**63 - 1
_NO_TRANSACTION = "-- no-transaction"
_ALMOST = re.compile(r"^[ \t]*--[ \t]*no[-_ ]?transaction\b", re.MULTILINE | re.IGNORECASE)
_BOOKKEEPING = """CREATE TABLE IF NOT EXISTS _sqlx_migrations (
    version bigint PRIMARY KEY,
    description text NOT NULL,
    installed_on timestamptz NOT NULL DEFAULT now(),
    success boolean NOT NULL,
    checksum bytea NOT NULL,
    execution_time bigint NOT NULL
)"""


class Sqlx:
    name = "sqlx"

    def claims(self, view: View) -> Iterator[Claim]:
        for folder, names in view.sql_folders.items():
            files = tuple(join(folder, name) for name in names if _match(name))
            if not files or "migrat" not in folder.lower():
                continue
            strength = _evidence(view, folder)
            if strength:
                yield Claim(
                    self.name, folder, strength, files, postgres=is_for_postgres(view, folder, "sqlx")
                )

    def read(self, view: View, folder: str, settings: Settings) -> History:
        ups: list[tuple[int, str, str]] = []
        downs: dict[int, list[str]] = defaultdict(list)
        problems: list[Problem] = []
        for path in view.files(folder):
            match = _match(base_name(path))
            if match and match["kind"] == ".down":
                downs[int(match["version"])].append(path)
            elif match:
                ups.append((int(match["version"]), path, match["name"]))
            elif path.lower().endswith(".sql"):
                problems += _wrong_name(path)
        problems += [
            _without_up(path) for version in downs.keys() - {up[0] for up in ups} for path in downs[version]
        ]
        migrations = [
            _migration(view, str(version), name.replace("_", " "), path, downs.get(version, [])[:1], problems)
            for version, path, name in sorted(ups)
        ]
        return History(
            tool=self.name,
            folder=folder,
            migrations=tuple(migrations),
            problems=tuple(sorted(problems, key=lambda problem: (problem.path, problem.line))),
            has_downs=bool(downs),
            bookkeeping=(_BOOKKEEPING,),
        )


FRAMEWORK = Sqlx()


def _match(name: str) -> re.Match[str] | None:
    match = _NAME.fullmatch(name)
    return match if match and int(match["version"]) <= _MAX_VERSION else None


def _evidence(view: View, folder: str) -> Strength | None:
    """What the project says about sqlx: its own files, or a dependency. The names alone say nothing."""
    above = folder
    while True:
        if view.has(join(above, "sqlx.toml")) or ".sqlx" in view.subfolders(above):
            return Strength.MARKER
        if not above:
            return Strength.DEPENDENCY if depends_on(view, folder, "Cargo.toml", "sqlx") else None
        above = parent(above)


def _migration(
    view: View, version: str, name: str, up: str, down: list[str], problems: list[Problem]
) -> Migration:
    files = [up, *down]
    down_script = _script(view, down[0], problems) if down else None
    up_script = _script(view, up, problems)
    if up_script is None:
        return opaque(
            view, version, name, files, f"the file {problems[-1].message}", problems[-1].line, down_script
        )
    return Migration(
        version=version,
        name=name,
        path=up,
        files=tuple(files),
        digest=digest(view, files),
        up=up_script,
        down=down_script,
    )


def _script(view: View, path: str, problems: list[Problem]) -> Script | None:
    file = source(view, path)
    if file.problem:
        problems.append(file.problem)
        return None
    if view.read(path).startswith(_NO_TRANSACTION.encode()):
        return whole_file(path, file.text, TransactionMode.SINGLE_QUERY)
    if almost := _ALMOST.search(file.text):
        message = (
            f"sqlx runs this file in a transaction: only '{_NO_TRANSACTION}' as the very first characters of the file "
            "(no byte order mark, no blank, no line before) turns it off."
        )
        problems.append(near_miss(path, file.text.count("\n", 0, almost.start()) + 1, message))
    return whole_file(path, file.text, TransactionMode.TRANSACTION)


def _wrong_name(path: str) -> Iterator[Problem]:
    name = base_name(path)
    front, underscore, _ = name.partition("_")
    digits = re.match(r"[Vv]?(?P<number>[0-9]+)[-_. ]*", name)
    meant = f"{digits['number']}_{name[digits.end() :]}" if digits else f"<number>_{name}"
    if underscore and name.endswith(".sql"):
        message = f"sqlx refuses the whole folder because of this file: '{front}' before the '_' is no whole number."
        yield near_miss(path, 1, f"{message} Probably {meant} was meant.")
    elif digits:
        message = "sqlx skips this file without a word: it reads <number>_<name>.sql only."
        yield near_miss(path, 1, f"{message} Probably {meant} was meant.")


def _without_up(path: str) -> Problem:
    return near_miss(
        path,
        1,
        "No up file has this version, so sqlx never runs this one. Probably the up file has another number.",
    )
