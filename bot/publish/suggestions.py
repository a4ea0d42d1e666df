"""Proven advice as ``suggestion`` blocks on the lines of the diff, which the author takes over with one click."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from bot.model import Model
from bot.publish.context import Context
from bot.publish.escape import fence_around, markdown_code, markdown_text, visible
from checks.model.findings import Advice, Finding
from checks.model.report import Report

MOST_LINES = 30
"""A longer block is not read, it is only clicked; the comment shows such advice as a whole file."""
BODY = "{title} (for {rule}). It was run, and gives the same schema.\n\n{fence}suggestion\n{lines}\n{fence}"


class Suggestion(Model):
    """A review comment (REST, "Create a review comment") on the head's side of the diff."""

    path: str
    line: int
    """The last line that it replaces."""
    start_line: int | None
    """The first one; None when there is only one, as GitHub wants it."""
    body: str


def suggestions(report: Report, context: Context) -> tuple[Suggestion, ...]:
    """One for each proven advice about one file whose changes fit into lines that the diff shows.

    Two that touch the same lines would undo each other: the first, of the gravest finding, is kept.
    """
    kept: list[Suggestion] = []
    for finding in sorted(report.findings, key=lambda one: -one.severity.rank):
        kept += [one for one in _of(finding, context) if not any(_overlap(one, other) for other in kept)]
    return tuple(kept)


def _of(finding: Finding, context: Context) -> Iterator[Suggestion]:
    advice = finding.advice
    if advice is None or not advice.proven or [file.path for file in advice.files] != [finding.path]:
        return
    old = context.head_files.get(finding.path)
    if old is None or _hides_something(advice.files[0].content):
        return
    first, last, replacement = _smallest_change(old.splitlines(), advice.files[0].content.splitlines())
    shown = context.diff_lines.get(finding.path, frozenset())
    if 0 < last - first + 1 <= MOST_LINES and shown.issuperset(range(first, last + 1)):
        yield Suggestion(
            path=finding.path,
            line=last,
            start_line=first if first < last else None,
            body=_body(finding, advice, replacement),
        )


def _smallest_change(old: Sequence[str], new: Sequence[str]) -> tuple[int, int, list[str]]:
    """First and last line of ``old`` to replace, counted from 1, and what comes there instead.

    What is only put in takes the line before or behind it along, for a suggestion replaces at least one.
    """
    codes = [
        code for code in SequenceMatcher(None, old, new, autojunk=False).get_opcodes() if code[0] != "equal"
    ]
    if not codes:
        return 1, 0, []
    (_, start, _, new_start, _), (_, _, end, _, new_end) = codes[0], codes[-1]
    if start == end and start > 0:
        start, new_start = start - 1, new_start - 1
    elif start == end and end < len(old):
        end, new_end = end + 1, new_end + 1
    return start + 1, end, list(new[new_start:new_end])


def _hides_something(text: str) -> bool:
    """What a reviewer cannot see must not come into a file by a click; tabs are only white space."""
    plain = text.replace("\t", " ")
    return visible(plain) != plain


def _body(finding: Finding, advice: Advice, lines: Sequence[str]) -> str:
    text = "\n".join(lines)
    return BODY.format(
        title=markdown_text(advice.title),
        rule=markdown_code(finding.rule),
        fence=fence_around(text),
        lines=text,
    )


def _overlap(one: Suggestion, other: Suggestion) -> bool:
    first, second = one.start_line or one.line, other.start_line or other.line
    return one.path == other.path and first <= other.line and second <= one.line
