"""Drizzle: ``NNNN_words.sql`` files in the order of ``meta/_journal.json``; from version 1 on, folders without a journal.

With a journal, the migrator reads ``<tag>.sql`` for each entry in the journal's order, stops when one is missing,
and never sees a file that has no entry. It applies the entries whose ``when`` is later than that of the newest
applied one; an earlier ``when`` is skipped for ever, without a word. From version 1 on it reads
``<14 digits>_words/migration.sql`` by name and applies what its table does not list.

The text is cut at ``--> statement-breakpoint`` wherever that occurs; each piece is sent as it is. All new
migrations of a run share one transaction. There are no downs, and no check that an applied file is unchanged.

Source: ``drizzle-orm/src/migrator.ts`` and ``pg-core/dialect.ts`` of 0.45 and of the 1.0 beta.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from checks.frameworks.files import Part, digest, line_of, near_miss, opaque, script, source
from checks.frameworks.framework import Claim, Strength
from checks.frameworks.view import View, base_name, join, parent
from checks.model.migrations import History, Migration, Problem, TransactionMode
from checks.settings import Settings

_JOURNAL = "meta/_journal.json"
_BREAKPOINT = "--> statement-breakpoint"
_FOLDER = re.compile(r"(\d{14})_?(.*)")
_DIALECT = re.compile(r'"dialect"\s*:\s*"(?:pg|postgres|postgresql)"')
_SCHEMA = "CREATE SCHEMA IF NOT EXISTS drizzle"
_TABLE = """CREATE TABLE IF NOT EXISTS drizzle.__drizzle_migrations (
    id serial PRIMARY KEY,
    hash text NOT NULL,
    created_at bigint{more}
)"""
_MORE = ",\n    name text,\n    applied_at timestamp with time zone DEFAULT now()"


class Entry(NamedTuple):
    """One line of the journal."""

    idx: int
    when: int
    """Milliseconds since 1970: what the migrator compares."""
    tag: str
    line: int


class Drizzle:
    name = "drizzle"

    def claims(self, view: View) -> Iterable[Claim]:
        for folder, names in view.folders.items():
            if "_journal.json" in names and base_name(folder) == "meta":
                yield from self._claim(view, parent(folder), join(folder, "_journal.json"), (folder,))
        for folder in {parent(parent(path)) for path in view.paths() if path.endswith("/snapshot.json")}:
            found = _folders(view, folder)
            if found and not view.has(join(folder, _JOURNAL)):
                snapshot = join(join(folder, found[-1]), "snapshot.json")
                yield from self._claim(
                    view, folder, snapshot, tuple(join(folder, name) for name in view.subfolders(folder))
                )

    def _claim(self, view: View, folder: str, dialect: str, inside: tuple[str, ...]) -> Iterator[Claim]:
        if _DIALECT.search(source(view, dialect).text):
            files = [path for path in view.files(folder) if path.endswith(".sql")]
            files += [join(join(folder, name), "migration.sql") for name in _folders(view, folder)]
            yield Claim(self.name, folder, Strength.MARKER, tuple(files), inside)

    def read(self, view: View, folder: str, settings: Settings) -> History:
        journal = join(folder, _JOURNAL)
        if view.has(journal):
            migrations, problems = _by_journal(view, folder, journal)
        else:
            names = _folders(view, folder)
            migrations = [_migration(view, name, join(join(folder, name), "migration.sql")) for name in names]
            problems = []
        return History(
            tool=self.name,
            folder=folder,
            migrations=tuple(migrations),
            problems=tuple(problems),
            has_downs=False,
            strict_order=view.has(journal),
            bookkeeping=(_SCHEMA, _TABLE.format(more="" if view.has(journal) else _MORE)),
        )


def _folders(view: View, folder: str) -> list[str]:
    """The migrations of version 1: named by their time, each with a script and a snapshot."""
    return [
        name
        for name in view.subfolders(folder)
        if _FOLDER.fullmatch(name)
        and view.has(join(join(folder, name), "migration.sql"))
        and view.has(join(join(folder, name), "snapshot.json"))
    ]


def _by_journal(view: View, folder: str, journal: str) -> tuple[list[Migration], list[Problem]]:
    entries, problem = _entries(view, journal)
    if problem:
        return [], [problem]
    present = [entry for entry in entries if view.has(join(folder, f"{entry.tag}.sql"))]
    migrations = [
        _migration(view, f"{entry.idx:04}", join(folder, f"{entry.tag}.sql"), entry.tag) for entry in present
    ]
    return migrations, [
        *_entries_without_file(entries, present, journal),
        *_files_without_entry(view, folder, entries, journal),
        *_skipped_for_ever(present, journal),
    ]


def _entries(view: View, journal: str) -> tuple[list[Entry], Problem | None]:
    """The journal's entries in their order; a problem when it is not what the migrator can read."""
    read = source(view, journal)
    if read.problem:
        return [], read.problem
    try:
        found = [
            Entry(
                int(item["idx"]), int(item["when"]), str(item["tag"]), _line_of(read.text, str(item["tag"]))
            )
            for item in json.loads(read.text)["entries"]
        ]
    except json.JSONDecodeError as error:
        return [], _broken(journal, error.lineno, f"is not JSON: {error.msg}")
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        return [], _broken(journal, 1, f"has an entry without idx, when and tag ({type(error).__name__})")
    return found, None


def _broken(journal: str, line: int, what: str) -> Problem:
    message = (
        f"The journal {what}, so Drizzle runs nothing. Repair it, or take both sides of the merge again."
    )
    return Problem(rule="unreadable-file", path=journal, line=line, message=message)


def _line_of(text: str, tag: str) -> int:
    return line_of(text, max(text.find(json.dumps(tag)), 0))


def _migration(view: View, version: str, path: str, tag: str = "") -> Migration:
    name = re.sub(r"^\d+_", "", tag or version)
    read = source(view, path)
    if read.problem:
        return opaque(view, version, name, [path], read.problem.message, read.problem.line)
    return Migration(
        version=version,
        name=name,
        path=path,
        files=(path,),
        digest=digest(view, [path]),
        up=script(path, _pieces(read.text), TransactionMode.ALL_PENDING),
        down=None,
    )


def _pieces(text: str) -> list[Part]:
    parts, line = [], 1
    for piece in text.split(_BREAKPOINT):
        parts.append(Part(piece, line))
        line += piece.count("\n")
    return parts


def _entries_without_file(entries: list[Entry], present: list[Entry], journal: str) -> Iterator[Problem]:
    for entry in entries:
        if entry not in present:
            message = (
                f"Drizzle stops here: the journal lists {entry.tag}, but there is no {entry.tag}.sql. "
                "Commit the file, or remove the entry together with its snapshot."
            )
            yield near_miss(journal, entry.line, message)


def _files_without_entry(view: View, folder: str, entries: list[Entry], journal: str) -> Iterator[Problem]:
    tags = {entry.tag for entry in entries}
    for path in view.files(folder):
        if path.endswith(".sql") and base_name(path).removesuffix(".sql") not in tags:
            message = (
                f"Drizzle never runs this file: {journal} does not list it. "
                "Make migrations with `drizzle-kit generate` (`--custom` for your own SQL), which adds the entry."
            )
            yield near_miss(path, 1, message)


def _skipped_for_ever(present: list[Entry], journal: str) -> Iterator[Problem]:
    newest = None
    for entry in present:
        if newest and entry.when <= newest.when:
            message = (
                f"A database that has {newest.tag} never gets {entry.tag}: its `when` is not later, and Drizzle "
                f"applies only what is newer than the newest applied. Generate it again, or set `when` above {newest.when}."
            )
            yield near_miss(journal, entry.line, message)
        else:
            newest = entry


FRAMEWORK = Drizzle()
