"""The file of a migration, told by the name under which its tool wrote it down."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from checks.wire.bookkeeping import Entry

_MADE = (".d.ts", ".d.mts", ".d.cts", ".map")
"""What a compiler puts beside the files that it makes."""
_SCRIPT = re.compile(r"\.[cm]?[jt]s$")
_TIMESTAMP = re.compile(r"\d{13}$")
"""Milliseconds, with which the name of a TypeORM migration ends; its file begins with them."""


def file_of(entry: Entry, paths: Sequence[str]) -> str:
    """In the folder of what the migration belongs to; without a file, the name that the tool wrote down."""
    *where, _ = entry.version
    for wanted in _patterns(entry):
        found = [path for path in paths if wanted.search(path) and not path.endswith(_MADE)]
        inside = [path for path in found if all(f"{part}/" in path for part in where)]
        if inside:
            return min(inside, key=lambda path: (len(path), path))
    return f"{entry.tool}:{'.'.join(entry.version)}"


def _patterns(entry: Entry) -> Iterator[re.Pattern[str]]:
    """Of paths, the surest first."""
    stem = re.escape(entry.version[-1].rpartition("/")[2])
    digits = _TIMESTAMP.search(entry.version[-1])
    if entry.tool == "typeorm" and digits:
        yield re.compile(rf"(?:^|/){digits[0]}[-_.]")
        yield re.compile(rf"(?:^|/)\d+[-_]{stem.removesuffix(digits[0])}\.")
    elif entry.tool == "prisma":
        yield re.compile(rf"(?:^|/){stem}/migration\.sql$")
    elif entry.tool == "schema_migrations":  # Rails writes down a number: 1 is 001_create_books.rb
        yield re.compile(rf"(?:^|/)0*{stem}[._-]")
    if _SCRIPT.search(entry.version[-1]):  # written in TypeScript, run as JavaScript, or the other way round
        yield re.compile(rf"(?:^|/){stem}$")
        yield re.compile(rf"(?:^|/){re.escape(_SCRIPT.sub('', entry.version[-1]))}\.[cm]?[jt]s$")
    yield re.compile(rf"(?:^|[/_]){stem}(?:[._-]|$)")
