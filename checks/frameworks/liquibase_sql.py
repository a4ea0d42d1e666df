"""Liquibase's formatted SQL: a file of changesets, each with its attributes, its SQL and its rollback.

Source: ``AbstractFormattedChangeLogParser``, ``FormattedSqlChangeLogParser``, ``StringUtil.processMultiLineSQL``
and ``SimpleSqlGrammar.jj`` of Liquibase 4 and 5.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from itertools import islice

from checks.frameworks.files import Part, line_of, near_miss
from checks.model.migrations import Problem

HEADER = re.compile(r"\s*--\s*liquibase\s*formatted.*", re.IGNORECASE)
_CHANGESET = re.compile(
    r"\s*--\s*changeset\s+(?P<author>\"[^\"]+\"|[^:]+):\s*(?P<id>\"[^\"]+\"|\S+)(?P<attributes>.*)",
    re.IGNORECASE,
)
_BROKEN_CHANGESET = re.compile(r"\s*--\s*changeset.*|-\s*changeset\s.*", re.IGNORECASE)
_ALMOST_CHANGESET = re.compile(
    r"\s*-{2,3}\s*(?P<word>[A-Za-z][A-Za-z -]{4,11}?)[:\s]\s*[\w.\"@-]+:\s*[\w.\"-]+"
)
_ROLLBACK = re.compile(r"\s*--\s*rollback (?P<sql>.*)", re.IGNORECASE)
_BROKEN = re.compile(
    r"\s*-\s*(?P<word>rollback\s|preconditions?\b|comment:? |property\s|ignoreLines:|validCheckSum)|--\s*(?P<plural>comments):? ",
    re.IGNORECASE,
)
_ROLLBACK_BLOCK = re.compile(r"\s*/\*\s*liquibase\s*rollback\s*", re.IGNORECASE)
_LEFT_OUT = re.compile(r"\s*--\s*(?:preconditions?\b|precondition-|comment:? |validCheckSum)", re.IGNORECASE)
_VALID_CHECKSUM = re.compile(r"\s*--\s*validCheckSum", re.IGNORECASE)
_PROPERTY = re.compile(r"\s*--\s*property\s", re.IGNORECASE)
_IGNORE_LINES = re.compile(r"--\s*ignoreLines:(?P<count>\w+)", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"(?P<name>\w+):(?P<value>\"[^\"]*\"|\S*)")
_LONGEST_DIRECTIVE = 2000
_INTERESTING = re.compile(
    r"\s{0,100}(?:-{1,3}\s{0,100}(?:[a-z][a-z -]{3,11}[:\s]\s{0,100}\S+:|changeset|rollback|precondition|comment|property"
    r"|ignore|validCheckSum|liquibase)|/\*\s*liquibase)",
    re.IGNORECASE,
)
"""The beginning of every line that means something to Liquibase, or nearly does."""
_SIMILAR = 0.75
_MOST_PROBLEMS = 20
"""In one file; one is enough to look at it."""


@dataclass
class FormattedChangeset:
    author: str
    id: str
    line: int
    attributes: Mapping[str, str]
    """By lower-case name, without quotes."""
    sql: list[tuple[int, str]] = field(default_factory=list)
    rollback: list[tuple[int, str]] = field(default_factory=list)
    accepts_edits: bool = False
    """It has a ``validCheckSum``."""

    def flag(self, name: str, default: bool) -> bool:
        return self.attributes.get(name.lower(), str(default)).lower() == "true"


@dataclass
class FormattedFile:
    changesets: list[FormattedChangeset] = field(default_factory=list)
    properties: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def is_formatted(text: str) -> bool:
    """Whether the first line that is not blank is the header."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    return bool(HEADER.fullmatch(first[:_LONGEST_DIRECTIVE]))


def read_formatted(text: str, path: str) -> FormattedFile:
    """The changesets of a file with the header, and what Liquibase would refuse or not see."""
    result = FormattedFile()
    lines = iter(enumerate(text.splitlines(), start=1))
    for number, line in lines:
        directive = line if len(line) <= _LONGEST_DIRECTIVE and _INTERESTING.match(line) else ""
        if not directive:
            _add_line(number, line, directive, path, result)
        elif ignored := _IGNORE_LINES.fullmatch(directive.strip()):
            _skip(lines, ignored["count"].lower())
        elif _PROPERTY.match(directive):
            _add_property(directive, result)
        elif found := _CHANGESET.fullmatch(directive):
            result.changesets.append(_changeset(found, number))
        elif _ROLLBACK_BLOCK.fullmatch(directive) and result.changesets:
            result.changesets[-1].rollback.extend(_until_comment_ends(lines))
        else:
            _add_line(number, line, directive, path, result)
    result.problems.extend(islice(_without_sql(result, path), _MOST_PROBLEMS))
    return result


def _skip(lines: Iterator[tuple[int, str]], count: str) -> None:
    if count == "start":
        for _, line in lines:
            ends = _IGNORE_LINES.fullmatch(line.strip())
            if ends and ends["count"].lower() == "end":
                return
    elif count.isdigit():
        for _ in range(min(int(count), 10_000_000)):
            if next(lines, None) is None:
                return


def _until_comment_ends(lines: Iterator[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    for number, line in lines:
        if line.rstrip().endswith("*/"):
            yield number, line.rstrip().removesuffix("*/")
            return
        yield number, line


def _add_property(line: str, result: FormattedFile) -> None:
    values = {match["name"].lower(): match["value"].strip('"') for match in _ATTRIBUTE.finditer(line)}
    if "name" in values and runs_on_postgres(values.get("dbms", "")):
        result.properties.setdefault(values["name"], values.get("value", ""))


def _changeset(found: re.Match[str], line: int) -> FormattedChangeset:
    attributes = {
        match["name"].lower(): match["value"].strip('"') for match in _ATTRIBUTE.finditer(found["attributes"])
    }
    return FormattedChangeset(found["author"].strip('" '), found["id"].strip('"'), line, attributes)


def _add_line(number: int, line: str, directive: str, path: str, result: FormattedFile) -> None:
    current = result.changesets[-1] if result.changesets else None
    if directive and len(result.problems) < _MOST_PROBLEMS:
        problem = _refused(number, directive, path) or _misspelt(number, directive, path)
        result.problems.extend([problem] if problem else [])
    rollback = _ROLLBACK.fullmatch(directive) if directive else None
    if current is None:
        if line.strip() and not line.lstrip().startswith("--") and not result.problems:
            message = "Liquibase never runs this: it stands before the first `--changeset author:id`."
            result.problems.append(near_miss(path, number, message))
    elif rollback:
        current.rollback.append((number, rollback["sql"]))
    elif not (directive and _LEFT_OUT.match(directive)):
        current.sql.append((number, line))
    elif _VALID_CHECKSUM.match(directive):
        current.accepts_edits = True


def _refused(number: int, line: str, path: str) -> Problem | None:
    if _BROKEN_CHANGESET.fullmatch(line):
        message = "Liquibase refuses the whole file: a changeset needs an author and an id, `--changeset author:id`."
        return near_miss(path, number, message)
    broken = _BROKEN.match(line)
    if broken:
        word = (broken["word"] or broken["plural"]).strip(" :").removesuffix("s" if broken["plural"] else "")
        return near_miss(
            path, number, f"Liquibase refuses the whole file: it expects `--{word}` here, with two dashes."
        )
    return None


def _misspelt(number: int, line: str, path: str) -> Problem | None:
    found = _ALMOST_CHANGESET.match(line)
    if not found:
        return None
    word = re.sub(r"[ -]", "", found["word"]).lower()
    if word == "changeset" and not re.match(r"\s*---", line) and "changeset" in line.lower():
        return None
    if SequenceMatcher(None, word, "changeset").ratio() < _SIMILAR:
        return None
    message = (
        f"Liquibase takes this line for a comment, and what follows for a part of the changeset above. "
        f"Probably `--changeset` was meant, not `{line.strip()[:30]}`."
    )
    return near_miss(path, number, message)


def _without_sql(result: FormattedFile, path: str) -> Iterator[Problem]:
    for changeset in result.changesets:
        if not any(line.strip() for _, line in changeset.sql):
            message = (
                f"Liquibase refuses the whole file: changeset {changeset.author}:{changeset.id} has no SQL."
            )
            yield near_miss(path, changeset.line, message)


def runs_on_postgres(dbms: str) -> bool:
    """Whether a ``dbms`` attribute lets a changeset run on PostgreSQL: ``postgresql,h2``, ``!oracle``, ``all``."""
    names = {name.strip().lower() for name in dbms.split(",") if name.strip()}
    if not names or "all" in names:
        return "!postgresql" not in names
    if "none" in names or "!postgresql" in names:
        return False
    return "postgresql" in names or all(name.startswith("!") for name in names)


def text_of(lines: list[tuple[int, str]]) -> Part | None:
    """Numbered lines as one text in which every line keeps its number; None without lines."""
    if not lines:
        return None
    first = lines[0][0]
    text: list[str] = []
    for number, line in lines:
        text.extend([""] * (number - first - len(text)))
        text.append(line)
    return Part("\n".join(text), first)


_PIECE = re.compile(
    r"(?P<comment>--[^\r\n]*|/\*(?:[^*]|\*(?!/))*(?:\*/|\Z))"
    r"|(?P<string>'(?:''|\\.|[^\\'])*(?:'|\Z)|\"(?:\"\"|[^\"])*(?:\"|\Z))"
    r"|(?P<word>[^\W\d]\w*|[$@#][\w$@#]*)"
    r"|(?P<semicolon>;)",
    re.DOTALL,
)
_TRANSACTION_WORD = re.compile(r"\s*(?:transaction|trans|tran)\b", re.IGNORECASE)


def cuts_at_semicolons(text: str) -> list[int]:
    """Where Liquibase cuts when ``splitStatements`` is on: it knows ``BEGIN … END``, but no dollar quotes.

    Positions of semicolons, in characters.
    """
    cuts: list[int] = []
    depth = 0
    for piece in _PIECE.finditer(text):
        word = (piece["word"] or "").upper()
        if word == "BEGIN" and not _TRANSACTION_WORD.match(text, piece.end()):
            depth += 1
        elif word == "END" and depth and not _TRANSACTION_WORD.match(text, piece.end()):
            depth -= 1
        elif piece["semicolon"] and depth == 0:
            cuts.append(piece.start())
    return cuts


def cut(part: Part, positions: list[int], length: int = 1) -> list[Part]:
    """The pieces of a part between these positions, without the ``length`` characters at each."""
    pieces, start = [], 0
    for position in [*positions, len(part.text)]:
        pieces.append(Part(part.text[start:position], part.line - 1 + line_of(part.text, start)))
        start = position + length
    return pieces


def cuts_at_delimiter(text: str, delimiter: str) -> list[int]:
    """Where ``endDelimiter`` stands outside of strings and comments; ``/`` and ``go`` only at the start of a line."""
    quoted = [
        (piece.start(), piece.end()) for piece in _PIECE.finditer(text) if piece["comment"] or piece["string"]
    ]
    own_line = delimiter.lower() in ("/", "go")
    pattern = re.escape(delimiter)
    found = re.finditer(rf"(?m)^{pattern}(?=\s|\Z)" if own_line else pattern, text, re.IGNORECASE)
    cuts: list[int] = []
    ends = iter([*quoted, (len(text) + 1, len(text) + 1)])
    start, end = next(ends)
    for match in found:
        while end <= match.start():
            start, end = next(ends)
        if not start <= match.start() < end:
            cuts.append(match.start())
    return cuts
