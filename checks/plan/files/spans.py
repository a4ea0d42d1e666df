"""Where an author's statements stand in their file, and the file with some of them changed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from checks.model.migrations import Statement
from checks.plan.files.rewrite import CannotWrite

_END = re.compile(r"[ \t]*;")
NOT_AS_RUN = "Line {line} of `{path}` does not stand in the file as it is run, so it cannot be changed there."


@dataclass(frozen=True)
class Span:
    """A statement in the text of its file, with its semicolon."""

    start: int
    end: int
    ended: bool
    """Whether it has a semicolon of its own."""


@dataclass(frozen=True)
class Edit:
    span: Span
    text: str


def spans(text: str, statements: Sequence[Statement]) -> list[Span]:
    """The place of each statement. Raises CannotWrite for one that does not stand there (a placeholder in it)."""
    starts = [0, *(match.end() for match in re.finditer("\n", text))]
    found: list[Span] = []
    behind = 0
    for statement in statements:
        line = statement.sql_line or statement.line
        start = text.find(statement.sql, max(starts[line - 1], behind)) if line <= len(starts) else -1
        if start < 0 or text.count("\n", 0, start) + 1 != line:
            raise CannotWrite(NOT_AS_RUN.format(line=line, path=statement.path))
        behind = start + len(statement.sql)
        end = _END.match(text, behind)
        found.append(Span(start, end.end() if end else behind, end is not None))
    return found


def edited(text: str, edits: Sequence[Edit]) -> str:
    """All else stays as it is; a line of which nothing is left goes."""
    for edit in sorted(edits, key=lambda one: -one.span.start):
        start, end = edit.span.start, edit.span.end
        if not edit.text:
            start, end = _with_its_line(text, start, end)
        text = text[:start] + edit.text + text[end:]
    return text


def _with_its_line(text: str, start: int, end: int) -> tuple[int, int]:
    line, rest = text.rfind("\n", 0, start) + 1, text.find("\n", end)
    rest = len(text) if rest < 0 else rest + 1
    if text[line:start].strip() or text[end:rest].strip():
        return start, end
    return line, rest
