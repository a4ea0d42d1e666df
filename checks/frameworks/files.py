"""What all frameworks share: reading a file or saying why not, digests, scripts, placeholders."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from functools import lru_cache, wraps
from typing import Any, NamedTuple, TypeVar

from google.protobuf.message import Message
from pydantic import model_serializer

from checks.errors import FileError
from checks.frameworks.view import View, join, parent
from checks.model.migrations import Migration, Problem, Script, Statement, TransactionMode
from checks.sql.split import split, split_parsed

_KEPT_CHARACTERS = 20_000
R = TypeVar("R")


class Source(NamedTuple):
    """One file as text, or the problem that keeps it from being one."""

    path: str
    text: str
    problem: Problem | None = None


def source(view: View, path: str) -> Source:
    """The file's text; with a problem ``unreadable-file`` and no text when it cannot be read."""
    try:
        return Source(path, view.text(path))
    except FileError as error:
        message = f"{error.message}. {error.hint}".rstrip()
        return Source(
            path, "", Problem(rule="unreadable-file", path=path, line=error.line or 1, message=message)
        )


def digest(view: View, paths: Iterable[str]) -> str:
    """SHA-256 over the files' bytes, each with its length before it; an unreadable one counts by its error."""
    total = hashlib.sha256()
    for path in paths:
        try:
            body = view.read(path)
        except FileError as error:
            body = str(error).encode()
        total.update(b"%d:" % len(body))
        total.update(body)
    return total.hexdigest()


class Part(NamedTuple):
    """A run of lines of one file that belongs to a script."""

    text: str
    line: int = 1
    """The line of the file on which the text begins."""


class LazyScript(Script):
    """A script that is cut into statements when somebody asks: of a long history, most never run."""

    path: str
    parts: tuple[Part, ...]

    def parsed(self) -> list[tuple[Statement, Message | None]]:
        """The statements with their nodes."""
        return [found for part in self.parts for found in split_parsed(part.text, self.path, part.line)]

    def __getattr__(self, name: str) -> Any:
        if name != "statements":
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        statements = tuple(
            statement for part in self.parts for statement in split(part.text, self.path, part.line)
        )
        self.__dict__["statements"] = statements
        return statements

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Script):
            return NotImplemented
        return (self.statements, self.transaction) == (other.statements, other.transaction)

    def __hash__(self) -> int:
        return hash((self.statements, self.transaction))

    @model_serializer
    def as_plain_script(self) -> dict[str, Any]:
        statements = [statement.model_dump() for statement in self.statements]
        return {"statements": statements, "transaction": self.transaction}


def script(path: str, parts: Sequence[Part], transaction: TransactionMode) -> Script:
    """A script of these parts of one file; an empty sequence is a script that does nothing."""
    return LazyScript.model_construct(path=path, parts=tuple(parts), transaction=transaction)


def whole_file(path: str, text: str, transaction: TransactionMode) -> Script:
    """A script of all that the file says."""
    return script(path, [Part(text)], transaction)


def opaque(
    view: View,
    version: str,
    name: str,
    files: Sequence[str],
    reason: str,
    line: int = 1,
    down: Script | None = None,
) -> Migration:
    """A migration whose up script the engine cannot run."""
    return Migration(
        version=version,
        name=name,
        path=files[0],
        files=tuple(files),
        digest=digest(view, files),
        up=None,
        down=down,
        opaque=reason,
        opaque_line=line,
    )


def in_own_transactions(parts: Iterable[tuple[Part, bool]], path: str) -> list[Part]:
    """Parts for AUTOCOMMIT where each part is sent as one query, in a transaction of its own when marked so.

    Several statements in one query are one implicit transaction too (PostgreSQL docs, 54.2.2.1), so they
    get BEGIN and COMMIT around them; one statement alone commits by itself.
    """
    result: list[Part] = []
    for part, transaction in parts:
        if transaction or len(split(part.text, path, part.line)) > 1:
            last = part.line + part.text.rstrip().count("\n")
            result += [Part("BEGIN", part.line), part, Part("COMMIT", last)]
        else:
            result.append(part)
    return result


def remembered(parse: Callable[..., R]) -> Callable[..., R]:
    """Keep what a parser made of the last files, for base and head share most of them. Not of long ones:
    strangers' texts must not fill the memory."""
    kept = lru_cache(maxsize=2048)(parse)

    @wraps(parse)
    def parse_once(text: str, *arguments: Hashable) -> R:
        return (kept if len(text) <= _KEPT_CHARACTERS else parse)(text, *arguments)

    return parse_once


class Section(NamedTuple):
    """The text from one directive to the next, the directive's own line included."""

    directive: re.Match[str]
    text: str
    line: int


def sections(text: str, directive: re.Pattern[str]) -> list[Section]:
    """Cut a file at its directives; what stands before the first one is left out."""
    found = list(directive.finditer(text))
    ends = [*(match.start() for match in found[1:]), len(text)][: len(found)]
    return [
        Section(match, text[match.start() : end], line_of(text, match.start()))
        for match, end in zip(found, ends, strict=True)
    ]


def line_of(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1


def depends_on(view: View, folder: str, manifest: str, *names: str) -> bool:
    """Whether a manifest in the folder or above it (``go.mod``, ``Cargo.toml``) has one of these names in it."""
    while True:
        path = join(folder, manifest)
        if view.has(path) and view.holds(path, *names):
            return True
        if not folder:
            return False
        folder = parent(folder)


def near_miss(path: str, line: int, message: str) -> Problem:
    """``message``: what the tool will do with it, and what was probably meant."""
    return Problem(rule="near-miss", path=path, line=line, message=message)


class Missing(NamedTuple):
    """A placeholder that nothing gives a value."""

    name: str
    line: int


def fill_placeholders(
    text: str, pattern: re.Pattern[str], values: Mapping[str, str], first_line: int = 1
) -> tuple[str, tuple[Missing, ...]]:
    """Put ``values`` in place of what ``pattern`` finds (its group ``name``), and tell what has no value."""
    missing: list[Missing] = []
    counted, line = 0, first_line

    def value(match: re.Match[str]) -> str:
        nonlocal counted, line
        name = match["name"]
        if name in values:
            return values[name]
        line += text.count("\n", counted, match.start())
        counted = match.start()
        missing.append(Missing(name, line))
        return match[0]

    return pattern.sub(value, text), tuple(missing)
