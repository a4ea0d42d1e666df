"""A plain folder of numbered ``.sql`` files that no known tool claims.

Nobody says how such files are sent, so they run as they are written: one statement after the other, each
committing by itself unless the file says BEGIN. Commands of psql are never run: harmless ones are left out, and a
file that leans on another is opaque. Order is by the leading number (``10`` after ``9``,
``1.10`` after ``1.9``), then by name. A file that is named for the way back (``.down.sql``, ``_rollback.sql``)
is the down of the file with the same number, never a migration.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from checks.frameworks.files import digest, near_miss, opaque, source, whole_file
from checks.frameworks.framework import Claim, Strength
from checks.frameworks.psql import PsqlScript, read_psql
from checks.frameworks.view import View, base_name, join
from checks.model.migrations import History, Migration, Problem, Script, TransactionMode
from checks.settings import Settings

_NAME = re.compile(
    r"(?P<version>[0-9]+(?:\.[0-9]+)*)(?P<name>(?:[-_. #]+|(?=[A-Za-z])).*?)"
    r"(?:[-_.](?P<direction>up|down|undo|revert|rollback|do))?\.sql",
    re.IGNORECASE,
)
_ONLY_NUMBER = re.compile(r"(?P<version>[0-9]+(?:\.[0-9]+)*)(?P<name>)(?P<direction>)\.sql", re.IGNORECASE)
_FOLDER = re.compile(
    r"migrat|schema|upgrade|update|delta|patch|changes?(?:ets?)?$|version|ddl|evolution", re.IGNORECASE
)
_ELSEWHERE = frozenset({"test", "tests", "testdata", "fixtures", "examples", "docs", "data", "queries"})
_DOWNS = frozenset({"down", "undo", "revert", "rollback"})


class Numbered:
    name = "numbered"

    def claims(self, view: View) -> Iterator[Claim]:
        for folder, names in view.sql_folders.items():
            if _sounds_like_migrations(folder):
                files = tuple(join(folder, name) for name in names if _match(name) and not _is_down(name))
                if files:
                    yield Claim(self.name, folder, Strength.FALLBACK, files)

    def read(self, view: View, folder: str, settings: Settings) -> History:
        ups: list[str] = []
        downs: list[str] = []
        problems: list[Problem] = []
        for path in view.files(folder):
            name = base_name(path)
            if _match(name):
                (downs if _is_down(name) else ups).append(path)
            elif _looks_numbered(name):
                problems.append(
                    near_miss(path, 1, "This file is not read: a name must begin with its number.")
                )
        pairs = {up: _ways_back(up, downs) for up in sorted(ups, key=_order)}
        migrations = tuple(_migration(view, up, down, problems) for up, down in pairs.items())
        problems += _without_up(set(downs).difference(*pairs.values()))
        return History(
            tool=self.name,
            folder=folder,
            migrations=migrations,
            problems=tuple(problems),
            has_downs=bool(downs),
        )


FRAMEWORK = Numbered()


def _sounds_like_migrations(folder: str) -> bool:
    """By its own name or that of the folder above; test data and documents are not what production runs."""
    parts = folder.split("/")
    return _ELSEWHERE.isdisjoint(parts) and any(_FOLDER.search(part) for part in parts[-2:])


def _match(name: str) -> re.Match[str] | None:
    return _ONLY_NUMBER.fullmatch(name) or _NAME.fullmatch(name)


def _is_down(name: str) -> bool:
    match = _match(name)
    return bool(match and (match["direction"] or "").lower() in _DOWNS)


def _number(path: str) -> tuple[int, ...]:
    match = _match(base_name(path))
    return tuple(int(part) for part in match["version"].split(".")) if match else ()


def _order(path: str) -> tuple[tuple[int, ...], str]:
    return _number(path), path


def _ways_back(up: str, downs: list[str]) -> list[str]:
    """The down with the same number; when several have it, the one with the same name too."""
    same = [down for down in downs if _number(down) == _number(up)]
    return [down for down in same if _name(down) == _name(up)][:1] or same[:1]


def _name(path: str) -> str:
    match = _match(base_name(path))
    return match["name"].strip("-_. #") if match else ""


def _without_up(downs: set[str]) -> Iterator[Problem]:
    for path in sorted(downs):
        yield near_miss(path, 1, "No migration has this number, so nothing leads to this way back.")


def _looks_numbered(name: str) -> bool:
    return bool(re.search(r"[0-9]{3,}", name)) and name.lower().endswith(".sql")


def _migration(view: View, path: str, down: list[str], problems: list[Problem]) -> Migration:
    match = _match(base_name(path))
    version, name = match["version"] if match else base_name(path), _name(path)
    files = [path, *down]
    down_script = _down(view, down[0], problems) if down else None
    file = source(view, path)
    if file.problem:
        problems.append(file.problem)
        reason = f"the file {file.problem.message}"
        return opaque(view, version, name, files, reason, file.problem.line, down_script)
    plain = read_psql(file.text)
    if plain.reason:
        problems.append(_psql_command(path, plain))
        return opaque(view, version, name, files, plain.reason, plain.line, down_script)
    return Migration(
        version=version,
        name=name,
        path=path,
        files=tuple(files),
        digest=digest(view, files),
        up=whole_file(path, plain.sql, TransactionMode.AUTOCOMMIT),
        down=down_script,
    )


def _down(view: View, path: str, problems: list[Problem]) -> Script | None:
    file = source(view, path)
    plain = read_psql(file.text)
    if file.problem or plain.reason:
        problems.append(file.problem or _psql_command(path, plain))
        return None
    return whole_file(path, plain.sql, TransactionMode.AUTOCOMMIT)


def _psql_command(path: str, script: PsqlScript) -> Problem:
    message = f"This file is not run: {script.reason}. The server knows no commands of psql."
    return Problem(rule="psql-command", path=path, line=script.line, message=message)
