"""dbmate: ``<number>_<name>.sql`` with ``-- migrate:up`` and ``-- migrate:down``, one or more pairs.

A marker begins at the first column; nothing but comments may stand before the first one. Each section
goes to the server as one query, in a transaction of its own unless its marker says
``transaction:false``. Files run in the order of their names as text; the version is the leading digits.
Since version 2 dbmate refuses a file without a down section. Source: dbmate v2, ``pkg/dbmate/migration.go``,
``pkg/dbmate/db.go``, ``pkg/driver/postgres/postgres.go``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import dropwhile, pairwise
from typing import NamedTuple

from checks.frameworks.files import (
    Part,
    Section,
    Source,
    digest,
    in_own_transactions,
    line_of,
    near_miss,
    opaque,
    script,
    sections,
    source,
)
from checks.frameworks.framework import Claim, Strength
from checks.frameworks.view import View, base_name, join, parent
from checks.model.migrations import History, Migration, Problem, Script, TransactionMode
from checks.settings import Settings

_NAME = re.compile(r"(?P<version>[0-9]+)(?P<name>.*)\.sql")
_MARKER = re.compile(
    r"^--\s*migrate:(?P<direction>up|down)(?:\s*$|(?=\s+\S))(?P<options>[^\n]*)", re.MULTILINE
)
_ALMOST = re.compile(
    r"^(?P<indent>[ \t]*)(?P<dashes>--+|#|/\*)[ \t]*(?P<word>migrat\w*)(?P<colon>[ \t]*:[ \t]*|[ \t]+)(?P<direction>up|down)\b",
    re.MULTILINE | re.IGNORECASE,
)
_CODE = re.compile(r"^(?![ \t\r]*(?:--|$)).*\S", re.MULTILINE)
_BOOKKEEPING = "CREATE TABLE IF NOT EXISTS schema_migrations (version varchar PRIMARY KEY)"


class Dbmate:
    name = "dbmate"

    def claims(self, view: View) -> Iterator[Claim]:
        for folder, names in view.sql_folders.items():
            files = (join(folder, name) for name in names if _NAME.fullmatch(name))
            own = tuple(file for file in files if view.holds(file, "migrate:up", "migrate:down"))
            if own:
                yield Claim(self.name, folder, Strength.DIRECTIVE, own)

    def read(self, view: View, folder: str, settings: Settings) -> History:
        problems: list[Problem] = []
        migrations = []
        for path in view.files(folder):
            if match := _NAME.fullmatch(base_name(path)):
                migrations.append(_migration(view, path, match, problems))
            elif path.endswith(".sql") and view.holds(path, "migrate:up"):
                problems.append(_skipped(path))
        return History(
            tool=self.name,
            folder=folder,
            migrations=tuple(migrations),
            problems=tuple(problems),
            bookkeeping=(_BOOKKEEPING,),
            schema_file=_schema_file(view, folder),
        )


FRAMEWORK = Dbmate()


def _schema_file(view: View, folder: str) -> str | None:
    """``db/schema.sql`` beside ``db/migrations``: dbmate's default."""
    path = join(parent(folder), "schema.sql")
    return path if view.has(path) else None


def _migration(view: View, path: str, match: re.Match[str], problems: list[Problem]) -> Migration:
    version, name = match["version"], match["name"].lstrip("_-. ")
    file = source(view, path)
    if file.problem:
        problems.append(file.problem)
        return opaque(view, version, name, [path], f"the file {file.problem.message}", file.problem.line)
    almost = list(_near_misses(file))
    problems += almost
    parsed = _parse(file)
    problems += parsed.warnings
    if parsed.refused:
        problems.append(parsed.refused)
    if parsed.up is None or (parsed.refused and almost):
        line = min(problem.line for problem in (*almost, parsed.refused) if problem)
        return opaque(view, version, name, [path], "dbmate refuses the file", line)
    return Migration(
        version=version,
        name=name,
        path=path,
        files=(path,),
        digest=digest(view, [path]),
        up=parsed.up,
        down=parsed.down,
    )


class _Parsed(NamedTuple):
    up: Script | None = None
    down: Script | None = None
    refused: Problem | None = None
    warnings: tuple[Problem, ...] = ()


def _parse(file: Source) -> _Parsed:
    """The scripts of a file. One without any down marker is refused by dbmate 2, and runs in dbmate 1."""
    found = list(dropwhile(_is_down, sections(file.text, _MARKER)))
    if not found:
        message = "dbmate refuses this file: it has no '-- migrate:up' at the beginning of a line."
        return _Parsed(refused=near_miss(file.path, 1, message))
    if problem := _before_up(file, found[0].directive.start()) or _second_down(file, found):
        return _Parsed(refused=problem)
    directions = [section.directive["direction"] for section in found]
    return _Parsed(
        up=_script(file.path, _of(found, "up")),
        down=_script(file.path, _of(found, "down")) if "down" in directions else None,
        refused=_missing_down(file, directions),
        warnings=tuple(_second_pair(file, found)),
    )


def _of(found: Sequence[Section], direction: str) -> list[tuple[Part, bool]]:
    return [
        (Part(section.text, section.line), _in_transaction(section.directive))
        for section in found
        if section.directive["direction"] == direction
    ]


def _script(path: str, parts: Sequence[tuple[Part, bool]]) -> Script:
    if len(parts) > 1:
        return script(path, in_own_transactions(parts, path), TransactionMode.AUTOCOMMIT)
    part, transaction = parts[0]
    return script(path, [part], TransactionMode.TRANSACTION if transaction else TransactionMode.SINGLE_QUERY)


def _in_transaction(marker: re.Match[str]) -> bool:
    """The last ``transaction:`` option of the marker's line counts, and only the word ``false`` turns it off."""
    options = [option.split(":") for option in marker["options"].split()]
    values = [option[1] for option in options if len(option) == 2 and option[0] == "transaction"]
    return not values or values[-1] != "false"


def _before_up(file: Source, first: int) -> Problem | None:
    code = _CODE.search(file.text, 0, first)
    if not code:
        return None
    message = "dbmate refuses this file: only comments may stand before '-- migrate:up'."
    return near_miss(file.path, line_of(file.text, code.start()), message)


def _second_down(file: Source, found: Sequence[Section]) -> Problem | None:
    for before, section in pairwise(found):
        if _is_down(before) and _is_down(section):
            message = "dbmate refuses this file: this '-- migrate:down' has no '-- migrate:up' of its own before it."
            return near_miss(file.path, section.line, message)
    return None


def _second_pair(file: Source, found: Sequence[Section]) -> Iterator[Problem]:
    """dbmate inserts the version once for each pair (seen with 2.36 on PostgreSQL 15: error 23505)."""
    for section in [section for section in found if not _is_down(section)][1:2]:
        message = (
            "dbmate stops at this second pair: it records the version after each one, and the second record violates "
            "the primary key of schema_migrations. The version then counts as applied without it. "
            "Put each pair into a file of its own."
        )
        yield near_miss(file.path, section.line, message)


def _is_down(section: Section) -> bool:
    return section.directive["direction"] == "down"


def _missing_down(file: Source, directions: Sequence[str]) -> Problem | None:
    if directions.count("up") == directions.count("down"):
        return None
    message = (
        "A '-- migrate:up' here has no '-- migrate:down' at the beginning of a line, and dbmate 2 refuses such a file. "
        "Add one; an empty section is allowed."
    )
    return near_miss(file.path, 1, message)


def _near_misses(file: Source) -> Iterator[Problem]:
    """Lines that a person reads as a marker and dbmate as a comment."""
    for almost in _ALMOST.finditer(file.text):
        if _MARKER.match(file.text, almost.start()):
            continue
        meant = f"-- migrate:{almost['direction'].lower()}"
        why = "there is a blank before it" if almost["indent"] else f"it is not spelled '{meant}'"
        message = (
            f"dbmate takes this line for a comment, because {why}, and runs what follows as part of the section above. "
            f"Probably '{meant}' at the beginning of the line was meant."
        )
        yield near_miss(file.path, line_of(file.text, almost.start()), message)


def _skipped(path: str) -> Problem:
    return near_miss(
        path, 1, "dbmate skips this file without a word: a name must begin with its version, in digits."
    )
