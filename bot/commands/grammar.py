"""Commands in a comment: ``/migration word arguments``, or ``@<bot> migration word arguments``, one per line.

The comment is read as CommonMark (https://spec.commonmark.org/0.31.2/), so that a command in a quote, a code block,
inline code, HTML or a list is what it looks like: text about a command.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.token import Token

MOST = 10
"""Commands of one comment; what follows is not read."""

_MARKDOWN = MarkdownIt("commonmark").disable(["text_join", "lheading"])
"""``text_join`` would hide that a slash was escaped; without ``lheading`` a line of dashes below a command, as mail
programs put it before a signature, does not make it a title."""


@dataclass(frozen=True)
class Line:
    """One command, as it was written."""

    number: int
    """Its line in the comment, from 1: with the comment's id it names the command for ever."""
    word: str
    """In lower case; ``help`` when there is none."""
    arguments: str
    text: str
    """The whole line."""


def read_commands(body: str, bot: str) -> tuple[Line, ...]:
    """The commands of a comment in order. ``bot`` is the App's slug, as people mention it."""
    begins = re.compile(
        rf"(?:/migration|@{re.escape(bot)}\s+migration)(?!\S)\s*(?P<word>\S*)\s*(?P<rest>.*)", re.IGNORECASE
    )
    found: list[Line] = []
    for number, text in _plain_lines(body):
        match = begins.fullmatch(text.strip())
        if match is not None and len(found) < MOST:
            word = match["word"].lower() or "help"
            found.append(Line(number, word, match["rest"].strip(), text.strip()))
    return tuple(found)


def _plain_lines(body: str) -> Iterator[tuple[int, str]]:
    """The lines of top-level paragraphs that begin with plain text."""
    tokens = _MARKDOWN.parse(body)
    for opening, token in itertools.pairwise(tokens):
        if token.type == "inline" and token.level == 1 and opening.type == "paragraph_open":
            first = token.map[0] + 1 if token.map else 1
            for offset, line in enumerate(_split(token.children or [])):
                if line and line[0].type == "text":
                    yield first + offset, "".join(_text(one) for one in line)


def _split(children: list[Token]) -> Iterator[list[Token]]:
    line: list[Token] = []
    for child in children:
        if child.type in ("softbreak", "hardbreak"):
            yield line
            line = []
        elif child.content or child.type != "text":
            line.append(child)
    yield line


def _text(token: Token) -> str:
    """What a reader sees of it."""
    return token.content if token.type in ("text", "text_special", "code_inline") else ""
