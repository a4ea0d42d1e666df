"""Liquibase: a master changelog includes others in order; formatted SQL is run, XML, YAML and JSON changesets are opaque.

A changeset is known by its file, its author and its id, and runs once; ``runOnChange`` and ``runAlways`` ones run again.
Each gets a transaction of its own, unless ``runInTransaction:false``. ``dbms:`` decides whether it runs on PostgreSQL;
contexts and labels do not matter here, because without ``--contexts`` Liquibase runs all. Preconditions are taken to
hold. ``${name}`` is replaced from ``--property`` lines and the configuration's ``placeholders``.

Liquibase cuts SQL at semicolons with a grammar of its own that knows ``BEGIN … END`` but no dollar quotes, so a function
body can be cut in the middle: then the pieces run here as they would there. ``splitStatements:false`` and ``endDelimiter:``
change that. A ``.sql`` file without the header ``--liquibase formatted sql`` is one changeset as a whole.

Applied changesets are held by a checksum (MD5 over their normalised SQL): Liquibase validates first and stops at one that
was edited, unless it has ``validCheckSum``, ``runOnChange`` or ``runAlways``.

Source: ``AbstractFormattedChangeLogParser``, ``SqlChangeLogParser``, ``DatabaseChangeLog``, ``StandardLockService`` of
Liquibase 4 and 5.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from checks.frameworks.files import digest, near_miss, opaque, source, whole_file
from checks.frameworks.framework import Claim, Strength
from checks.frameworks.liquibase_changeset import read_changeset
from checks.frameworks.liquibase_sql import is_formatted, read_formatted, runs_on_postgres
from checks.frameworks.view import View, base_name, is_inside, join, parent
from checks.model.migrations import History, Migration, Problem, TransactionMode
from checks.settings import Settings
from checks.trees import Tree

if TYPE_CHECKING:
    from checks.frameworks.liquibase_changelog import Changelog, Entry

_STRUCTURED = (".xml", ".yaml", ".yml", ".json")
_LOOKS_FORMATTED = re.compile(r"^\s{0,20}--\s{0,20}changeset\s+\S+:\S+", re.MULTILINE | re.IGNORECASE)
_LOOKS_LIKE_CHANGELOG = re.compile(r"(?i)(?:change[-_.]?log|change[-_.]?set|liquibase|master|migrations?/)")
"""Of the XML, YAML and JSON files of a tree, the paths worth opening."""
_KNOWN_MASTERS: WeakKeyDictionary[View, Sequence[str]] = WeakKeyDictionary()
"""Finding them reads every changelog, and each folder of the view asks."""
_MAX_FILES = 10_000
_BOOKKEEPING = (
    """CREATE TABLE public.databasechangeloglock (
    id integer NOT NULL CONSTRAINT databasechangeloglock_pkey PRIMARY KEY, locked boolean NOT NULL,
    lockgranted timestamp, lockedby varchar(255))""",
    """CREATE TABLE public.databasechangelog (
    id varchar(255) NOT NULL, author varchar(255) NOT NULL, filename varchar(255) NOT NULL,
    dateexecuted timestamp NOT NULL, orderexecuted integer NOT NULL, exectype varchar(10) NOT NULL,
    md5sum varchar(35), description varchar(255), comments varchar(255), tag varchar(255),
    liquibase varchar(20), contexts varchar(255), labels varchar(255), deployment_id varchar(10))""",
)


@dataclass
class Reading:
    """What has been read so far, on the way through the includes."""

    view: View
    placeholders: Mapping[str, str]
    properties: dict[str, str] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)
    migrations: list[Migration] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


class Liquibase:
    name = "liquibase"

    def claims(self, view: View) -> Iterable[Claim]:
        masters = _masters(view)
        included: set[str] = set()
        for folder in sorted({parent(master) for master in masters}):
            reading = _read_all(view, folder, masters, {})
            included.update(reading.files)
            if reading.migrations or reading.problems:
                inside = {parent(path) for path in reading.files} - {folder}
                yield Claim(self.name, folder, Strength.MARKER, tuple(reading.files), tuple(sorted(inside)))
        for folder in view.folders:
            files = [path for path in _formatted(view, folder) if path not in included]
            if files and not any(is_inside(folder, parent(master)) for master in masters):
                yield Claim(self.name, folder, Strength.DIRECTIVE, tuple(files))

    def read(self, view: View, folder: str, settings: Settings) -> History:
        masters = _masters(view)
        reading = _read_all(view, folder, masters, settings.placeholders)
        return History(
            tool=self.name,
            folder=folder,
            migrations=tuple(reading.migrations),
            problems=(*reading.problems, *_left_out(view, folder, reading, masters)),
            bookkeeping=_BOOKKEEPING,
        )


def _masters(view: View) -> Sequence[str]:
    """Changelogs that no other changelog includes."""
    if view not in _KNOWN_MASTERS:
        _KNOWN_MASTERS[view] = tuple(_find_masters(view))
    return _KNOWN_MASTERS[view]


def _find_masters(view: View) -> list[str]:
    found = [
        path
        for path in view.paths()
        if path.lower().endswith(_STRUCTURED)
        and _LOOKS_LIKE_CHANGELOG.search(path)
        and view.holds(path, "databaseChangeLog")
    ]
    included: set[str] = set()
    for path in found:
        for entry in _changelog(source(view, path).text, path).entries:
            included.update(target for target in _targets(view, path, entry) if target != path)
    return [path for path in found if path not in included]


def _changelog(text: str, path: str) -> Changelog:
    # Late: it needs YAML, and few trees have one.
    from checks.frameworks.liquibase_changelog import read_changelog

    return read_changelog(text, path)


def _read_all(view: View, folder: str, masters: Iterable[str], placeholders: Mapping[str, str]) -> Reading:
    """The folder's master changelogs with all they include; without one, its formatted files by name."""
    reading = Reading(view, placeholders)
    here = [master for master in masters if parent(master) == folder]
    for path in here or _sql_files(view, folder):
        _read_file(path, reading)
    return reading


def _sql_files(view: View, folder: str) -> list[str]:
    return [path for path in view.files(folder) if path.lower().endswith(".sql")]


def _formatted(view: View, folder: str) -> list[str]:
    return [
        path
        for path in _sql_files(view, folder)
        if view.holds(path, "liquibase", "Liquibase", "LIQUIBASE") and is_formatted(source(view, path).text)
    ]


def _read_file(path: str, reading: Reading) -> None:
    if path in reading.files or len(reading.files) >= _MAX_FILES:
        return
    reading.files.append(path)
    read = source(reading.view, path)
    if read.problem:
        reading.problems.append(read.problem)
        reading.migrations.append(
            opaque(reading.view, path, base_name(path), [path], read.problem.message, read.problem.line)
        )
    elif path.lower().endswith(".sql"):
        _read_sql(path, read.text, reading)
    elif path.lower().endswith(_STRUCTURED):
        _read_changelog(path, read.text, reading)


def _read_changelog(path: str, text: str, reading: Reading) -> None:
    changelog = _changelog(text, path)
    reading.problems.extend([changelog.problem] if changelog.problem else [])
    for entry in changelog.entries:
        if not runs_on_postgres(entry.attributes.get("dbms", "")):
            continue
        if entry.kind == "property":
            name = entry.attributes.get("name", "")
            reading.properties.setdefault(name, entry.attributes.get("value", ""))
        elif entry.kind == "changeSet":
            reading.migrations.append(_structured(path, entry, reading.view))
        else:
            targets = _targets(reading.view, path, entry)
            for target in targets:
                _read_file(target, reading)
            reading.problems.extend([] if targets else [_missing(path, entry)])


def _targets(view: View, path: str, entry: Entry) -> list[str]:
    """The files that an include means: relative to the changelog or to any folder above it (the search path)."""
    if entry.kind == "include":
        wanted = entry.attributes.get("file", "")
        return [found] if (found := _resolve(view, path, wanted, folders=False)) is not None else []
    if entry.kind == "includeAll":
        folder = _resolve(view, path, entry.attributes.get("path", ""), folders=True)
        ending = entry.attributes.get("endsWithFilter", "")
        return sorted(
            other
            for other in view.paths()
            if folder is not None
            and is_inside(parent(other), folder)
            and other.lower().endswith((".sql", *_STRUCTURED))
            and other.endswith(ending)
            and other != path
        )
    return []


def _resolve(view: View, path: str, wanted: str, *, folders: bool) -> str | None:
    wanted = wanted.removeprefix("classpath:").strip("/")
    base = parent(path)
    while True:
        candidate = _normal(join(base, wanted))
        known = candidate in view.folders or bool(view.subfolders(candidate))
        if known if folders else view.has(candidate):
            return candidate
        if not base:
            return None
        base = parent(base)


def _normal(path: str) -> str:
    parts: list[str] = []
    for part in path.split("/"):
        if part == ".." and parts:
            parts.pop()
        elif part not in ("", ".", ".."):
            parts.append(part)
    return "/".join(parts)


def _missing(path: str, entry: Entry) -> Problem:
    wanted = entry.attributes.get("file") or entry.attributes.get("path") or "nothing"
    message = f"Liquibase stops here: {wanted} is not found beside this changelog or below a folder above it."
    return near_miss(path, entry.line, message)


def _structured(path: str, entry: Entry, view: View) -> Migration:
    author, id = entry.attributes.get("author", ""), entry.attributes.get("id", "")
    changes = ", ".join(dict.fromkeys(entry.changes)) or "no change"
    kind = path.rpartition(".")[2].upper()
    reason = f"a changeset in {kind} ({changes}), which only Liquibase turns into SQL"
    migration = opaque(view, f"{path}::{id}::{author}", f"{author}:{id}", [path], reason, entry.line)
    named = [_resolve(view, path, wanted, folders=False) for wanted in entry.reads]
    body = repr((entry.body, digest(view, [file for file in named if file])))
    own = repr((sorted(entry.attributes.items()), entry.changes, body))
    runs_again = any(
        entry.attributes.get(flag, "").lower() == "true" for flag in ("runOnChange", "runAlways")
    )
    return migration.model_copy(
        update={
            "digest": hashlib.sha256(own.encode()).hexdigest(),
            "checksummed": hashlib.sha256(body.encode()).hexdigest(),
            "repeatable": runs_again,
            "accepts_edits": entry.accepts_edits,
        }
    )


def changesets_of(tree: Tree, path: str) -> dict[tuple[str, str], Migration]:
    """The changesets of one file, by their author and id."""
    view = View(tree, include=(parent(path),))
    reading = Reading(view, {})
    if view.has(path):
        _read_file(path, reading)
    own = (one for one in reading.migrations if one.path == path)
    return {(author, id): one for one in own for author, _, id in [one.name.partition(":")]}


def _read_sql(path: str, text: str, reading: Reading) -> None:
    if not is_formatted(text):
        reading.migrations.append(_raw(path, text, reading))
        reading.problems.extend(_without_header(path, text))
        return
    formatted = read_formatted(text, path)
    reading.problems.extend(formatted.problems)
    for name, value in formatted.properties.items():
        reading.properties.setdefault(name, value)
    for changeset in formatted.changesets:
        runs = runs_on_postgres(changeset.attributes.get("dbms", "")) and not changeset.flag("ignore", False)
        if runs:
            values = {**reading.properties, **reading.placeholders}
            migration, problem = read_changeset(path, changeset, formatted.changesets, values)
            reading.migrations.append(migration)
            reading.problems.extend([problem] if problem else [])


def _raw(path: str, text: str, reading: Reading) -> Migration:
    return Migration(
        version=f"{path}::raw::includeAll",
        name=base_name(path).removesuffix(".sql"),
        path=path,
        files=(path,),
        digest=digest(reading.view, [path]),
        up=whole_file(path, text, TransactionMode.TRANSACTION),
        down=None,
    )


def _without_header(path: str, text: str) -> Iterator[Problem]:
    found = _LOOKS_FORMATTED.search(text)
    if found:
        message = (
            "Without `--liquibase formatted sql` in the first line Liquibase takes this file for one changeset: attributes "
            "and rollbacks in it are comments. Put that line first."
        )
        yield near_miss(path, 1, message)


def _left_out(view: View, folder: str, reading: Reading, masters: Iterable[str]) -> Iterator[Problem]:
    here = [master for master in masters if parent(master) == folder]
    if here:
        for place in view.folders:
            if is_inside(place, folder):
                yield from (
                    _not_included(path, base_name(here[0]))
                    for path in _formatted(view, place)
                    if path not in reading.files
                )


def _not_included(path: str, masters: str) -> Problem:
    message = f"Liquibase never runs this file: no changelog that {masters} leads to includes it."
    return near_miss(path, 1, message)


FRAMEWORK = Liquibase()
