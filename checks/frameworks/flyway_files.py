"""One Flyway script: its own settings, its placeholders, and the transaction that it really gets."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from checks.errors import FileError
from checks.frameworks.files import Source, digest, fill_placeholders, near_miss, source, whole_file
from checks.frameworks.flyway_config import FlywayConfig
from checks.frameworks.flyway_names import Kind, Name
from checks.frameworks.psql import copy_from_stdin
from checks.frameworks.view import View, base_name
from checks.model.migrations import Migration, Problem, Script, Statement, TransactionMode
from checks.settings import Settings

_HINT = re.compile(
    r"concurrently|vacuum|discard|reindex|\bsystem\b|\bdatabase\b|tablespace|subscription", re.IGNORECASE
)
"""Without one of these words there is nothing to detect, and no need to cut the file into statements."""
_REFUSES_TRANSACTION = re.compile(
    r"(?:CREATE|DROP) (?:DATABASE|TABLESPACE|SUBSCRIPTION)"
    r"|ALTER SYSTEM"
    r"|(?:CREATE|DROP)(?: UNIQUE)? INDEX CONCURRENTLY"
    r"|REINDEX(?: VERBOSE)? (?:SCHEMA|DATABASE|SYSTEM)"
    r"|VACUUM"
    r"|DISCARD ALL"
)
"""``PostgreSQLParser.detectCanExecuteInTransaction``, for PostgreSQL 12 and later."""
_NOT_KEYWORDS = re.compile(r"--[^\n]*|/\*.*?\*/|'(?:[^']|'')*'|\"[^\"]*\"|\([^()]*\)", re.DOTALL)
_KEYWORD = re.compile(r"(?<![\w.$])[A-Za-z_]+(?![\w.$])")
_DETECTION_CUTOFF = 10


class FlywayFile(NamedTuple):
    name: Name
    path: str
    files: tuple[str, ...]
    up: Script | None
    opaque: str | None
    opaque_line: int
    problems: tuple[Problem, ...]

    def migration(self, view: View, undo: FlywayFile | None = None) -> Migration:
        """The migration that this file's script is, with the undo script as its way back."""
        both = (*self.files, *(undo.files if undo else ()))
        repeatable = self.name.kind in (Kind.REPEATABLE, Kind.CALLBACK)
        label = self.name.description or self.name.prefix
        return Migration(
            version=self.name.version or f"{self.name.prefix}__{self.name.description}",
            name=label,
            path=self.path,
            files=both,
            digest=digest(view, both),
            up=self.up,
            down=undo.up if undo else None,
            opaque=self.opaque,
            opaque_line=self.opaque_line,
            repeatable=repeatable,
        )


def read_file(view: View, path: str, name: Name, config: FlywayConfig, settings: Settings) -> FlywayFile:
    """The file as Flyway would run it, or why it cannot be known."""
    own = f"{path}.conf"
    files = (path, own) if view.has(own) else (path,)
    options = _options(view, own)
    read = source(view, path)
    up, problem, reason = None, read.problem, read.problem.message if read.problem else None
    line = read.problem.line if read.problem else 1
    if problem is None:
        up, problem, reason, line = _script(read, options, config, settings)
    problems = (problem,) if problem else ()
    return FlywayFile(name, path, files, up, reason, line, problems)


def _options(view: View, path: str) -> dict[str, str]:
    """The settings of ``<file>.conf``, by lower-case name."""
    if not view.has(path):
        return {}
    try:
        lines = view.text(path).splitlines()
    except FileError:
        return {}
    pairs = (line.partition("=") for line in lines if not line.lstrip().startswith("#"))
    return {key.strip().lower(): value.strip() for key, found, value in pairs if found}


_Read = tuple[Script | None, Problem | None, str | None, int]
"""The script, a problem of the file, why it is opaque, and on which line."""


def _script(read: Source, options: Mapping[str, str], config: FlywayConfig, settings: Settings) -> _Read:
    should = options.get("shouldexecute", "true").lower()
    if should == "false":
        return whole_file(read.path, "", TransactionMode.TRANSACTION), None, None, 1
    if should != "true":
        return None, None, f"it runs only where {options['shouldexecute']} (shouldExecute in its .conf)", 1
    text, missing, line = _filled(read, options, config, settings)
    if missing:
        message = f"Nothing gives {missing} a value, so Flyway stops here. Name one under `placeholders` in the configuration."
        problem = Problem(rule="missing-placeholder", path=read.path, line=line, message=message)
        return None, problem, f"nothing gives {missing} a value", line
    copy = copy_from_stdin(text)
    if copy:
        return None, None, "COPY … FROM STDIN carries its rows in the file; only Flyway sends them", copy
    return _in_its_transaction(read.path, text, options, config)


def _in_its_transaction(path: str, text: str, options: Mapping[str, str], config: FlywayConfig) -> _Read:
    usual = TransactionMode.ALL_PENDING if config.group else TransactionMode.TRANSACTION
    default = config.in_transaction
    wanted = options["executeintransaction"].lower() == "true" if "executeintransaction" in options else None
    script = whole_file(path, text, TransactionMode.AUTOCOMMIT)
    if wanted is None and default and _HINT.search(text):
        refusing = [statement for statement in script.statements if refuses_transaction(statement.sql)]
        if refusing and len(refusing) < len(script.statements) and not config.mixed:
            problem = _mixed(path, script.statements, refusing)
            return None, problem, problem.message, problem.line
        wanted = not refusing
    in_transaction = default if wanted is None else wanted
    return (whole_file(path, text, usual) if in_transaction else script), None, None, 1


def refuses_transaction(sql: str) -> bool:
    """Whether Flyway's parser takes the statement out of a transaction: it looks at its first keywords only."""
    plain = sql[:2000]
    for _ in range(3):
        plain = _NOT_KEYWORDS.sub(" ", plain)
    words = [word.upper() for word in _KEYWORD.findall(plain)[:_DETECTION_CUTOFF]]
    starts = (" ".join(words[:count]) for count in range(1, len(words) + 1))
    return any(_REFUSES_TRANSACTION.fullmatch(start) for start in starts)


def _mixed(path: str, statements: tuple[Statement, ...], refusing: list[Statement]) -> Problem:
    first = refusing[0]
    offending = (
        first if statements[0] is not first else next(item for item in statements if item not in refusing)
    )
    message = (
        f"Flyway refuses this file: the statement on line {first.line} cannot run in a transaction, others can, and mixed "
        f"is false. Move it to a migration of its own, or put executeInTransaction=false into {base_name(path)}.conf."
    )
    return near_miss(path, offending.line, message)


class _AnyCase(dict[str, str]):
    """Flyway compares the names of placeholders without regard to case."""

    def __contains__(self, key: object) -> bool:
        return super().__contains__(str(key).lower())

    def __getitem__(self, key: str) -> str:
        return super().__getitem__(key.lower())


def _filled(
    read: Source, options: Mapping[str, str], config: FlywayConfig, settings: Settings
) -> tuple[str, str, int]:
    """The text with its placeholders replaced, the first one without a value (``""`` for none), and its line."""
    wanted = options.get("placeholderreplacement", str(config.replace_placeholders)).lower() == "true"
    if not wanted or config.placeholder_prefix not in read.text:
        return read.text, "", 1
    values = _AnyCase(
        {
            "flyway:defaultschema": config.schema or "public",
            "flyway:table": config.table,
            "flyway:filename": base_name(read.path),
            **config.placeholders,
            **{name.lower(): value for name, value in settings.placeholders.items()},
        }
    )
    before, after = re.escape(config.placeholder_prefix), re.escape(config.placeholder_suffix)
    pattern = re.compile(rf"{before}(?P<name>[^\n]{{0,100}}?){after}")
    text, missing = fill_placeholders(read.text, pattern, values)
    if not missing:
        return text, "", 1
    first = missing[0]
    return text, f"{config.placeholder_prefix}{first.name}{config.placeholder_suffix}", first.line
