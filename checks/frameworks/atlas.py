"""Atlas: a folder of ``<version>_name.sql`` with ``atlas.sum``; also the layouts of other tools (``format=``).

Files run in the order of their names; one older than the newest applied is refused (``--exec-order linear``). Directives
stand in the comments at the top of the file, with a blank line behind them (otherwise they belong to the first
statement): ``atlas:txmode none|file``, ``atlas:checkpoint``, ``atlas:import``; ``atlas:delimiter`` and ``atlas:txtar``
are the first line. Each file gets one transaction, none with ``txmode none``.

A checkpoint is for new databases only; it is left out where the files before it still exist. There are no downs, but
those of another tool's layout are read: such a folder is read as that tool reads it. ``atlas.sum`` holds a hash over
every file and all before it: an edited, added or removed file makes Atlas refuse to run.

Source: ``sql/migrate/{dir,lex}.go``, ``sql/sqltool/tool.go``, ``cmd/atlas/internal/cmdapi/migrate.go`` of Atlas 0.3x.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice, pairwise

from checks.errors import FileError
from checks.frameworks.atlas_sum import check_sum
from checks.frameworks.files import (
    Part,
    Source,
    digest,
    line_of,
    near_miss,
    opaque,
    script,
    source,
    whole_file,
)
from checks.frameworks.find import known_frameworks
from checks.frameworks.framework import Claim, Strength
from checks.frameworks.view import View, base_name, join
from checks.model.migrations import History, Migration, Problem, Script, TransactionMode
from checks.settings import Settings

_SUM = "atlas.sum"
_MOST_PROBLEMS = 20
_POSTGRES = re.compile(r"postgres(?:ql)?://|docker(?:\+\w+)?://(?:postgres|postgis|pgvector)")
_OTHER = re.compile(
    r"(?:mysql|maria|mariadb|sqlite|sqlserver|clickhouse|spanner|oracle)(?:\+\w+)?://|docker(?:\+\w+)?://(?!postg)"
)
_FORMAT = re.compile(r"format\s*=\s*\"?(golang-migrate|goose|flyway|liquibase|dbmate)\b")
_LAYOUTS = {
    "golang-migrate": re.compile(r".+\.(?:up|down)\.sql"),
    "flyway": re.compile(r"[VUR]\d*[\d._]*__.+\.sql"),
}
_MARKS = {"goose": "-- +goose Up", "dbmate": "-- migrate:up", "liquibase": "--liquibase formatted"}
_DIRECTIVE = re.compile(r"[ -~]*atlas:(?P<name>\w+)(?: +(?P<value>.+))?")
_DELIMITER = re.compile(r"-- atlas:delimiter +(?P<value>[^\n]+)\n?")
_TXTAR = re.compile(r"-- atlas:txtar\b")
_SECTION = re.compile(r"^-- (?P<file>[^\n]+?) --[ \t]*$\n?", re.MULTILINE)
_BOOKKEEPING = (
    "CREATE SCHEMA IF NOT EXISTS atlas_schema_revisions",
    """CREATE TABLE atlas_schema_revisions.atlas_schema_revisions (
    version varchar NOT NULL PRIMARY KEY, description varchar NOT NULL, type bigint NOT NULL DEFAULT 2,
    applied bigint NOT NULL DEFAULT 0, total bigint NOT NULL DEFAULT 0, executed_at timestamptz NOT NULL,
    execution_time bigint NOT NULL, error text, error_stmt text, hash varchar NOT NULL,
    partial_hashes jsonb, operator_version varchar NOT NULL)""",
)


class Atlas:
    name = "atlas"

    def claims(self, view: View) -> Iterable[Claim]:
        for folder, names in view.folders.items():
            files = tuple(path for path in view.files(folder) if path.endswith(".sql"))
            if _SUM in names and _is_for_postgres(view, folder, files):
                yield Claim(self.name, folder, Strength.MARKER, files)

    def read(self, view: View, folder: str, settings: Settings) -> History:
        other = _layout(view, folder)
        if other:
            history = known_frameworks()[other].read(view, folder, settings)
            return history.model_copy(
                update={
                    "tool": self.name,
                    "problems": (*history.problems, *_sum_problems(view, folder, other)),
                    "bookkeeping": (*history.bookkeeping, *_BOOKKEEPING),
                }
            )
        files = [path for path in view.files(folder) if path.endswith(".sql")]
        read = [_read(view, path) for path in files]
        return History(
            tool=self.name,
            folder=folder,
            migrations=_without_needless_checkpoints(view, [migration for migration, _ in read]),
            problems=(
                *(problem for _, found in read for problem in found),
                *_sum_problems(view, folder, None),
            ),
            has_downs=any(migration.down for migration, _ in read),
            strict_order=True,
            bookkeeping=_BOOKKEEPING,
        )


def _is_for_postgres(view: View, folder: str, files: Iterable[str]) -> bool:
    """What ``atlas.hcl`` above the folder says; without one, whether the files are free of MySQL's backticks."""
    config = view.nearest(folder, "atlas.hcl")
    text = source(view, config).text if config else ""
    if _POSTGRES.search(text):
        return True
    return not _OTHER.search(text) and not any(view.holds(path, "`") for path in list(files)[:20])


def _layout(view: View, folder: str) -> str | None:
    """The other tool whose layout the folder has."""
    config = view.nearest(folder, "atlas.hcl")
    named = _FORMAT.search(source(view, config).text) if config else None
    files = [path for path in view.files(folder) if path.endswith(".sql")]
    for tool, pattern in _LAYOUTS.items():
        if files and all(pattern.fullmatch(base_name(path)) for path in files):
            return tool
    for tool, mark in _MARKS.items():
        if files and view.holds(files[-1], mark):
            return tool
    return named[1] if named and not files else None


def _sum_problems(view: View, folder: str, layout: str | None) -> Iterator[Problem]:
    read = source(view, join(folder, _SUM))
    names = [path for path in view.files(folder) if path.endswith(".sql")]
    if layout == "golang-migrate" and ".down.sql " not in read.text:
        names = [path for path in names if path.endswith(".up.sql")]
    elif layout == "flyway":
        return  # its order is Flyway's; the two hash implementations differ on baselines
    if read.problem:
        yield read.problem
        return
    try:
        files = [(base_name(path), view.read(path)) for path in names]
    except FileError:
        return  # the file has a problem of its own
    yield from islice(check_sum(read.path, read.text, files), _MOST_PROBLEMS)


def _read(view: View, path: str) -> tuple[Migration, list[Problem]]:
    stem = base_name(path).removesuffix(".sql")
    version, _, name = stem.partition("_")
    read = source(view, path)
    if read.problem:
        return opaque(view, version, name, [path], read.problem.message, read.problem.line), [read.problem]
    mode, problems = _mode(read)
    if re.search(r"^-- atlas:import\b", read.text[:1000], re.MULTILINE):
        reason = "atlas:import takes the statements from other files; only Atlas does that"
        return opaque(view, version, name, [path], reason), problems
    up, down = _scripts(read, mode)
    migration = Migration(
        version=version, name=name, path=path, files=(path,), digest=digest(view, [path]), up=up, down=down
    )
    return migration, problems


def _head(text: str) -> list[tuple[int, str]]:
    """The comment lines at the top with their numbers; none unless a blank line, or nothing, follows them."""
    head: list[tuple[int, str]] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if line.startswith(("--", "#")):
            head.append((number, line.strip()))
        else:
            return [] if line.strip() else head
    return head


def _directives(text: str) -> dict[str, tuple[int, str]]:
    found = ((number, _DIRECTIVE.fullmatch(line)) for number, line in _head(text))
    return {match["name"]: (number, (match["value"] or "").strip()) for number, match in found if match}


def _mode(read: Source) -> tuple[TransactionMode, list[Problem]]:
    line, value = _directives(read.text).get("txmode", (0, "file"))
    if value not in ("file", "none"):
        message = f"Atlas refuses this file: txmode {value!r} is not one that a file may have. Use `none` or `file`."
        return TransactionMode.TRANSACTION, [near_miss(read.path, line, message)]
    problems = list(_attached_txmode(read)) if not line else []
    return TransactionMode.AUTOCOMMIT if value == "none" else TransactionMode.TRANSACTION, problems


def _attached_txmode(read: Source) -> Iterator[Problem]:
    for number, line in enumerate(read.text[:4000].splitlines(), start=1):
        if re.match(r"\s*--\s*atlas:\s*tx_?mode\b", line, re.IGNORECASE):
            message = (
                "Atlas ignores this directive and runs the file in a transaction: directives for the file are spelled "
                "`-- atlas:txmode none`, stand at the very top, and have a blank line behind them."
            )
            yield near_miss(read.path, number, message)


def _scripts(read: Source, mode: TransactionMode) -> tuple[Script, Script | None]:
    delimiter = _DELIMITER.match(read.text)
    if _TXTAR.match(read.text):
        sections = _archive(read.text)
        down = sections.get("down.sql")
        up = script(read.path, [sections["migration.sql"]] if "migration.sql" in sections else [], mode)
        return up, script(read.path, [down], mode) if down else None
    if delimiter:
        return script(read.path, _cut(read.text, delimiter), mode), None
    return whole_file(read.path, read.text, mode), None


def _archive(text: str) -> dict[str, Part]:
    """The migration and its way back out of a txtar archive; the first of each name."""
    found: dict[str, Part] = {}
    heads = [*_SECTION.finditer(text), None]
    for head, following in pairwise(heads):
        name = head["file"].strip() if head else ""
        if head and name in ("migration.sql", "down.sql") and name not in found:
            end = following.start() if following else len(text)
            found[name] = Part(text[head.end() : end], line_of(text, head.end()))
    return found


def _cut(text: str, delimiter: re.Match[str]) -> list[Part]:
    """The pieces between a delimiter of the file's own; ``\\n``, ``\\r`` and ``\\t`` in it are the characters."""
    wanted = delimiter["value"]
    for escaped, character in (("\\n", "\n"), ("\\r", "\r"), ("\\t", "\t")):
        wanted = wanted.replace(escaped, character)
    parts, line = [], line_of(text, delimiter.end())
    for piece in text[delimiter.end() :].split(wanted):
        parts.append(Part(piece, line))
        line += piece.count("\n") + wanted.count("\n")
    return parts


def _without_needless_checkpoints(view: View, migrations: list[Migration]) -> tuple[Migration, ...]:
    """A checkpoint stands for everything before it: needed only when that is gone, and then only the newest."""
    checkpoints = [item for item in migrations if "checkpoint" in _directives(source(view, item.path).text)]
    kept = [item for item in migrations if item not in checkpoints]
    if not checkpoints or (kept and kept[0].path < checkpoints[-1].path):
        return tuple(kept)
    return (checkpoints[-1], *kept)


FRAMEWORK = Atlas()
