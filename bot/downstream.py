"""Where the code still names a table, column or enum value that the change drops or renames.

A plain search of the head's text: it does not know what a word means, so a column is only looked for in files that name
its table too, an enum value only between quotes or behind a colon, and code that puts names together is not found.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from bot.model import Model, Usage
from checks.errors import FileError
from checks.model.differences import Difference, DifferenceKind
from checks.model.report import Report
from checks.trees import Tree

MOST_FILES = 20_000
MOST_USAGES = 200
MOST_OF_ONE = 20
MOST_BYTES = 1_000_000
"""Of one file; a larger one is data, or was written by a program."""
SECONDS = 10.0
LONGEST_LINE = 200

VENDORED = frozenset(
    [
        "node_modules",
        "vendor",
        "vendored",
        "third_party",
        "third-party",
        "site-packages",
        "bower_components",
        "Pods",
        "deps",
        "_build",
        "dist",
        "build",
        "target",
        "out",
        ".git",
        ".venv",
        "venv",
        "__pycache__",
        ".next",
        ".terraform",
    ]
)
NO_CODE = frozenset(
    [
        ".md",
        ".rst",
        ".adoc",
        ".txt",
        ".lock",
        ".svg",
        ".png",
        ".jpg",
        ".jpeg",
        ".gif",
        ".ico",
        ".webp",
        ".pdf",
        ".zip",
        ".gz",
        ".jar",
        ".woff",
        ".woff2",
        ".ttf",
        ".map",
        ".csv",
        ".tsv",
        ".po",
        ".pot",
        ".mo",
        ".log",
        ".snap",
        ".sum",
    ]
)
_LABEL = re.compile(r"'((?:[^']|'')*)'")


class Downstream(Model):
    usages: tuple[Usage, ...] = ()
    """Of one object at most MOST_OF_ONE."""
    files: int = 0
    """How many were searched."""
    stopped: str = ""
    """Why the search is not whole, as a sentence; empty when it is."""


@dataclass(frozen=True)
class Wanted:
    """Something that goes away, and how code would name it."""

    object: str
    names: frozenset[str]
    beside: frozenset[str] = frozenset()
    """A file must hold one of these too, in any case; empty: every file counts."""


def downstream(report: Report, tree: Tree) -> Downstream:
    """Search the head's ``tree``; its migrations are left out."""
    wanted = list(_wanted(report.schema_diff.differences))
    if not wanted:
        return Downstream()
    search = _Search(wanted, time.monotonic() + SECONDS)
    for path in _code(tree, report):
        if search.is_over():
            break
        search.look(tree, path)
    return Downstream(usages=tuple(search.found), files=search.files, stopped=search.stopped)


class _Search:
    def __init__(self, wanted: list[Wanted], deadline: float):
        self._by_name: dict[str, list[Wanted]] = {}
        for one in wanted:
            for name in one.names:
                self._by_name.setdefault(name, []).append(one)
        self._deadline = deadline
        self._pattern = _words(self._by_name)
        self._count: dict[str, int] = {}
        self.found: list[Usage] = []
        self.files = 0
        self.stopped = ""

    def is_over(self) -> bool:
        if len(self.found) >= MOST_USAGES:
            self.stopped = f"More than {MOST_USAGES} places: the rest was not looked for."
        elif self.files >= MOST_FILES:
            self.stopped = f"More than {MOST_FILES:,} files: the rest was not looked at."
        elif time.monotonic() > self._deadline:
            self.stopped = f"It took more than {SECONDS:.0f} seconds: the rest was not looked at."
        return bool(self.stopped)

    def look(self, tree: Tree, path: str) -> None:
        self.files += 1
        text = _text(tree, path)
        if text is None or self._pattern.search(text) is None:
            return
        lowered = text.lower()
        for number, line in enumerate(text.splitlines(), start=1):
            for one in self._named(line):
                if not one.beside or any(word in lowered for word in one.beside):
                    self._add(one, path, number, line)

    def _named(self, line: str) -> Iterable[Wanted]:
        found = (one for match in self._pattern.finditer(line) for one in self._by_name[match[0]])
        return {one.object: one for one in found}.values()

    def _add(self, wanted: Wanted, path: str, line: int, text: str) -> None:
        count = self._count[wanted.object] = self._count.get(wanted.object, 0) + 1
        if count <= MOST_OF_ONE and len(self.found) < MOST_USAGES:
            self.found.append(
                Usage(path=path, line=line, object=wanted.object, text=text.strip()[:LONGEST_LINE])
            )


def _code(tree: Tree, report: Report) -> Iterator[str]:
    """Files that a program could be made of, without the migrations themselves."""
    folders = tuple(f"{history.folder}/" for history in report.histories if history.folder)
    migrations = {migration.path for migration in report.migrations}
    for path in tree.paths():
        if _may_be_code(PurePosixPath(path)) and path not in migrations and not path.startswith(folders):
            yield path


def _may_be_code(path: PurePosixPath) -> bool:
    minified = ".min." in path.name
    return VENDORED.isdisjoint(path.parts) and path.suffix.lower() not in NO_CODE and not minified


def _text(tree: Tree, path: str) -> str | None:
    """None for what is no text, or too large to be code."""
    try:
        body = tree.read(path)
    except FileError:
        return None
    return None if len(body) > MOST_BYTES or b"\0" in body else body.decode(errors="replace")


def _words(names: Mapping[str, object]) -> re.Pattern[str]:
    """Any of the names, not as a part of a longer one."""
    either = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    return re.compile(rf"(?<![A-Za-z0-9_])(?:{either})(?![A-Za-z0-9_])")


# ── What goes away ──────────────────────────────────────────────────────────────────────────────────


def _wanted(differences: Iterable[Difference]) -> Iterator[Wanted]:
    for one in differences:
        is_renamed = one.kind is DifferenceKind.CHANGED and one.property == "name"
        what = f"{one.object_type} {one.name}"
        if one.kind is DifferenceKind.REMOVED or is_renamed:
            if one.object_type in ("table", "view", "materialized view"):
                yield Wanted(what, _table_names(one.name.rpartition(".")[2]))
            elif one.object_type == "column":
                table, _, column = one.name.rpartition(".")
                yield Wanted(what, _spellings(column), _stems(table.rpartition(".")[2]))
        elif one.object_type == "enum" and one.property == "labels":
            for label in sorted(_labels(one.before) - _labels(one.after)):
                yield Wanted(f"{what} '{label}'", frozenset({f"'{label}'", f'"{label}"', f":{label}"}))


def _labels(text: str | None) -> set[str]:
    return {match[1].replace("''", "'") for match in _LABEL.finditer(text or "") if match[1]}


def _table_names(table: str) -> frozenset[str]:
    """As SQL and as the class of an object mapper: ``order_items``, ``orderItems``, ``OrderItems``, ``OrderItem``."""
    return _spellings(table) | {_pascal(table), _pascal(_singular(table))}


def _spellings(name: str) -> frozenset[str]:
    pascal = _pascal(name)
    return frozenset({name, pascal[:1].lower() + pascal[1:]} | ({pascal} if "_" in name else set()))


def _stems(table: str) -> frozenset[str]:
    """What a file that works with a table holds in some way, in lower case."""
    singular = _singular(table).lower()
    return frozenset({singular, singular.replace("_", "")})


def _singular(name: str) -> str:
    if name.endswith("ies"):
        return name[:-3] + "y"
    return name[:-1] if name.endswith("s") and not name.endswith("ss") else name


def _pascal(name: str) -> str:
    return "".join(part[:1].upper() + part[1:] for part in name.split("_"))
