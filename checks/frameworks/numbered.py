"""A plain folder of numbered ``.sql`` files that no known tool claims.

Nobody says how such files are sent, so they run as they are written: one statement after the other, each
committing by itself unless the file says BEGIN. Order is by the leading number (``10`` after ``9``,
``1.10`` after ``1.9``), then by name. A file that is named for the way back (``.down.sql``, ``_rollback.sql``)
is the down of the file with the same number, never a migration.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from checks.frameworks.files import digest, near_miss, opaque, source, whole_file
from checks.frameworks.framework import Claim, Strength
from checks.frameworks.view import View, base_name, join
from checks.model import History, Migration, Problem, Script, TransactionMode
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
_DOWNS = frozenset({"down", "undo", "revert", "rollback"})
_PSQL_COMMAND = re.compile(r"^\\[a-z!?]\S*", re.MULTILINE)


class Numbered:
    name = "numbered"

    def claims(self, view: View) -> Iterator[Claim]:
        for folder, names in view.sql_folders.items():
            if any(_FOLDER.search(part) for part in folder.split("/")):
                files = tuple(join(folder, name) for name in names if _match(name) and not _is_down(name))
                if files:
                    yield Claim(self.name, folder, Strength.FALLBACK, files)

    def read(self, view: View, folder: str, settings: Settings) -> History:
        ups: list[tuple[tuple[int, ...], str]] = []
        downs: dict[tuple[int, ...], list[str]] = defaultdict(list)
        problems: list[Problem] = []
        for path in view.files(folder):
            name = base_name(path)
            if match := _match(name):
                (downs[_number(match)].append(path) if _is_down(name) else ups.append((_number(match), path)))
            elif view.holds(path, "CREATE", "ALTER", "create", "alter") and _looks_numbered(name):
                problems.append(
                    near_miss(
                        path, 1, "This file is not read: a name must begin with its number and end in .sql."
                    )
                )
        migrations = [
            _migration(view, path, downs.get(number, [])[:1], problems) for number, path in sorted(ups)
        ]
        for number in downs.keys() - {number for number, _ in ups}:
            problems += [
                near_miss(path, 1, "No migration has this number, so nothing leads to this way back.")
                for path in downs[number]
            ]
        return History(
            tool=self.name,
            folder=folder,
            migrations=tuple(migrations),
            problems=tuple(problems),
            has_downs=bool(downs),
        )


FRAMEWORK = Numbered()


def _match(name: str) -> re.Match[str] | None:
    return _ONLY_NUMBER.fullmatch(name) or _NAME.fullmatch(name)


def _is_down(name: str) -> bool:
    match = _match(name)
    return bool(match and (match["direction"] or "").lower() in _DOWNS)


def _number(match: re.Match[str]) -> tuple[int, ...]:
    return tuple(int(part) for part in match["version"].split("."))


def _looks_numbered(name: str) -> bool:
    return bool(re.search(r"[0-9]{3,}", name)) and name.lower().endswith(".sql")


def _migration(view: View, path: str, down: list[str], problems: list[Problem]) -> Migration:
    match = _match(base_name(path))
    version, name = (match["version"], match["name"].strip("-_. #")) if match else (base_name(path), "")
    down_script = _script(view, down[0], problems) if down else None
    up_script = _script(view, path, problems)
    files = [path, *down]
    if not isinstance(up_script, Script):
        return opaque(view, version, name, files, up_script.message, up_script.line, _runnable(down_script))
    return Migration(
        version=version,
        name=name,
        path=path,
        files=tuple(files),
        digest=digest(view, files),
        up=up_script,
        down=_runnable(down_script),
    )


def _runnable(script: Script | Problem | None) -> Script | None:
    return script if isinstance(script, Script) else None


def _script(view: View, path: str, problems: list[Problem]) -> Script | Problem:
    """The file's script, or the problem that keeps it from running."""
    file = source(view, path)
    problem = file.problem or _psql_command(path, file.text)
    if problem:
        problems.append(problem)
        return problem
    return whole_file(path, file.text, TransactionMode.AUTOCOMMIT)


def _psql_command(path: str, text: str) -> Problem | None:
    """psql's own commands can run a shell, so no file with one ever runs (psql manual, "Meta-Commands")."""
    command = _PSQL_COMMAND.search(text) if "\\" in text else None
    if not command:
        return None
    line = text.count("\n", 0, command.start()) + 1
    message = f"'{command[0]}' is a command of psql, not SQL; it is never run, so this file is not proven."
    return Problem(rule="psql-command", path=path, line=line, message=message)
