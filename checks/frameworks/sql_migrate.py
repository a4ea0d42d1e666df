"""sql-migrate: any ``*.sql`` with ``-- +migrate Up`` and ``-- +migrate Down``.

Directives are exact and begin the line; lines before the first one, and all lines that begin with ``-- ``,
are dropped. One transaction for each direction of a file, unless its marker says ``notransaction``. The
version is the file's name: those that begin with a number first, by that number, then by name. Source:
sql-migrate v1, ``sqlparse/sqlparse.go``, ``migrate.go``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from checks.errors import FileError
from checks.frameworks.files import (
    Part,
    digest,
    in_own_transactions,
    near_miss,
    opaque,
    remembered,
    script,
    source,
)
from checks.frameworks.framework import Claim, Strength
from checks.frameworks.view import View, base_name, join
from checks.model.migrations import History, Migration, Problem, Script, TransactionMode
from checks.settings import Settings

_PREFIX = "-- +migrate "
_COMMANDS = ("Up", "Down", "StatementBegin", "StatementEnd")
_ALMOST = re.compile(r"\s*--\s*\+\s*migrate\b\s*(?P<command>\w*)", re.IGNORECASE)
_BOOKKEEPING = 'CREATE TABLE IF NOT EXISTS "gorp_migrations" ("id" text NOT NULL PRIMARY KEY, "applied_at" timestamp with time zone)'
_CONFIGURATIONS = ("dbconfig.yml", "dbconfig.yaml")


class SqlMigrate:
    name = "sql-migrate"

    def claims(self, view: View) -> Iterator[Claim]:
        dialects = _configured_folders(view)
        for folder, names in view.sql_folders.items():
            files = tuple(join(folder, name) for name in names)
            if folder in dialects:
                postgres = dialects[folder] == "postgres"
                yield Claim(self.name, folder, Strength.MARKER, files, postgres=postgres)
            elif own := tuple(file for file in files if view.holds(file, "+migrate ")):
                yield Claim(self.name, folder, Strength.DIRECTIVE, own)

    def read(self, view: View, folder: str, settings: Settings) -> History:
        problems: list[Problem] = []
        paths = [path for path in view.files(folder) if path.endswith(".sql")]
        return History(
            tool=self.name,
            folder=folder,
            migrations=tuple(_migration(view, path, problems) for path in sorted(paths, key=_order)),
            problems=tuple(problems),
            bookkeeping=(_BOOKKEEPING,),
        )


FRAMEWORK = SqlMigrate()


def _order(path: str) -> tuple[bool, int, str]:
    name = base_name(path)
    number = re.match(r"[0-9]+", name)
    return number is None, int(number[0]) if number else 0, name


def _configured_folders(view: View) -> dict[str, str]:
    """Folder → dialect, from every environment of every ``dbconfig.yml``."""
    dialects: dict[str, str] = {}
    for folder, names in view.folders.items():
        for name in set(_CONFIGURATIONS) & set(names):
            for environment in _environments(view, join(folder, name)):
                directory = str(environment.get("dir") or "migrations").removeprefix("./").strip("/")
                dialects.setdefault(join(folder, directory), str(environment["dialect"]))
    return dialects


def _environments(view: View, path: str) -> list[Mapping[str, object]]:
    """The environments of a configuration file; none when it is not one of this tool."""
    import yaml  # late: few trees have one

    try:
        content = yaml.safe_load(view.text(path))
    except (FileError, yaml.YAMLError):
        return []
    values = content.values() if isinstance(content, dict) else ()
    return [value for value in values if isinstance(value, dict) and "dialect" in value]


def _migration(view: View, path: str, problems: list[Problem]) -> Migration:
    name = base_name(path)
    file = source(view, path)
    if file.problem:
        problems.append(file.problem)
        return opaque(view, name, name, [path], f"the file {file.problem.message}", file.problem.line)
    parsed = parse(file.text)
    problems.extend(near_miss(path, line, message) for line, message in parsed.near_misses)
    if parsed.error:
        line, message = parsed.error
        problems.append(near_miss(path, line, f"sql-migrate refuses this file: {message}."))
        return opaque(view, name, name, [path], f"sql-migrate refuses the file: {message}", line)
    return Migration(
        version=name,
        name=name.removesuffix(".sql"),
        path=path,
        files=(path,),
        digest=digest(view, [path]),
        up=_script(path, parsed.parts["Up"], "Up" not in parsed.without_transaction),
        down=_script(path, parsed.parts["Down"], "Down" not in parsed.without_transaction)
        if "Down" in parsed.seen
        else None,
    )


def _script(path: str, parts: list[Part], transaction: bool) -> Script:
    if transaction:
        return script(path, parts, TransactionMode.TRANSACTION)
    return script(
        path, in_own_transactions([(part, False) for part in parts], path), TransactionMode.AUTOCOMMIT
    )


@dataclass
class Parsed:
    """What sql-migrate sees in one file; lines and messages for what it does not."""

    parts: dict[str, list[Part]] = field(default_factory=lambda: {"Up": [], "Down": []})
    seen: set[str] = field(default_factory=set)
    without_transaction: set[str] = field(default_factory=set)
    error: tuple[int, str] | None = None
    near_misses: list[tuple[int, str]] = field(default_factory=list)


@remembered
def parse(text: str) -> Parsed:
    """Read a file as sql-migrate does."""
    machine = _Machine()
    for number, line in enumerate(text.split("\n"), 1):
        if not machine.take(number, line.removesuffix("\r")):
            return machine.parsed
    machine.finish()
    return machine.parsed


class _Machine:
    """sql-migrate's loop over the lines of a file."""

    def __init__(self) -> None:
        self.parsed = Parsed()
        self._direction = ""
        self._block_line = 0
        self._buffer: list[str] = []
        self._buffer_line = 0
        self._lost_line = 0

    def take(self, number: int, line: str) -> bool:
        """One line; False when sql-migrate gives up at it."""
        if line.startswith(_PREFIX):
            return self._command(number, line)
        if _ALMOST.match(line):
            self._not_a_directive(number, line)
        if line.startswith("-- "):
            self._keep_line_numbers()
            return True
        if not self._direction:
            self._lose(number, line)
            return True
        if not self._buffer:
            self._buffer_line = number
        self._buffer.append(line)
        if not self._block_line and _ends_with_semicolon(line):
            self._store()
        return True

    def finish(self) -> None:
        if self._block_line:
            self.parsed.error = (
                self._block_line,
                "'-- +migrate StatementBegin' has no '-- +migrate StatementEnd'",
            )
        elif not self._direction:
            self.parsed.error = 1, "it has neither '-- +migrate Up' nor '-- +migrate Down'"
        else:
            self._check_finished()

    def _command(self, number: int, line: str) -> bool:
        command, *options = line[len(_PREFIX) :].split() or [""]
        if not command:
            self.parsed.error = number, "'-- +migrate' says no command"
            return False
        if command in ("Up", "Down"):
            self._direction = command
            self.parsed.seen.add(command)
            if "notransaction" in options:
                self.parsed.without_transaction.add(command)
            return self._check_finished()
        if command == "StatementBegin" and self._direction:
            self._block_line = number
        elif command == "StatementEnd" and self._block_line:
            self._block_line = 0
            self._store()
        elif command not in _COMMANDS:
            self._not_a_directive(number, line)
        return True

    def _keep_line_numbers(self) -> None:
        if self._buffer:
            self._buffer.append("")

    def _store(self) -> None:
        self.parsed.parts[self._direction].append(Part("\n".join(self._buffer), self._buffer_line))
        self._buffer = []

    def _check_finished(self) -> bool:
        if "".join(self._buffer).strip():
            self.parsed.error = self._buffer_line, "the statement has no ';' at the end of its last line"
        return self.parsed.error is None

    def _not_a_directive(self, number: int, line: str) -> None:
        match = _ALMOST.match(line)
        word = match["command"].casefold() if match else ""
        meant = next((command for command in _COMMANDS if command.casefold() == word), None)
        hint = (
            f"Probably '{_PREFIX}{meant}' at the beginning of the line was meant."
            if meant
            else "It knows: Up, Down, StatementBegin, StatementEnd."
        )
        message = f"sql-migrate takes this line for a comment: its directives are exact, capitals and blanks included. {hint}"
        self.parsed.near_misses.append((number, message))

    def _lose(self, number: int, line: str) -> None:
        if line.strip() and not line.lstrip().startswith("--") and not self._lost_line:
            self._lost_line = number
            message = "sql-migrate never runs what stands before the first '-- +migrate Up'. Move it below."
            self.parsed.near_misses.append((number, message))


def _ends_with_semicolon(line: str) -> bool:
    if ";" not in line:
        return False
    last = ""
    for word in line.split():
        if word.startswith("--"):
            break
        last = word
    return last.endswith(";")
