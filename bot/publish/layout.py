"""Plain text in columns: cell widths, wrapping, colours. Takes only text that is visible already."""

from __future__ import annotations

import textwrap
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

STYLES = {
    "bold": "1",
    "dim": "2",
    "red": "31",
    "green": "32",
    "yellow": "33",
    "cyan": "36",
    "bold red": "1;31",
    "bold green": "1;32",
    "bold yellow": "1;33",
    "bold cyan": "1;36",
}


def paint(text: str, style: str) -> str:
    """``text`` in an ANSI style (ECMA-48, 8.3.117); nothing stays nothing."""
    return f"\x1b[{STYLES[style]}m{text}\x1b[0m" if text else text


def width_of(text: str) -> int:
    """How many terminal cells ``text`` takes: two for East Asian wide characters, none for combining marks."""
    if text.isascii():
        return len(text)
    return sum(_cells(character) for character in text)


def _cells(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def cut(text: str, width: int) -> str:
    """The beginning of ``text``, with ``…`` for what is left out."""
    if width_of(text) <= width:
        return text
    kept = ""
    for character in text:
        if width_of(kept + character) > width - 1:
            break
        kept += character
    return kept + "…"


def pad(text: str, width: int, *, right: bool = False) -> str:
    space = " " * max(0, width - width_of(text))
    return space + text if right else text + space


def wrap(text: str, width: int, indent: int = 0, first: str | None = None) -> str:
    """Paragraphs of at most ``width`` cells; every line is indented, the first begins with ``first`` instead."""
    lead = " " * indent
    lines: list[str] = []
    for paragraph in text.split("\n"):
        lines += textwrap.wrap(
            paragraph,
            max(20, width),
            initial_indent=lead if lines or first is None else first,
            subsequent_indent=lead,
            break_long_words=False,
            break_on_hyphens=False,
        )
    return "\n".join(lines)


@dataclass(frozen=True)
class Column:
    title: str
    right: bool = False
    most: int = 40
    """Cells; longer text is wrapped."""
    least: int = 0


def table(columns: Sequence[Column], rows: Sequence[Sequence[Sequence[str]]], indent: int) -> list[list[str]]:
    """The lines of the header and of each row. A cell is a list of texts; a column without any is left out."""
    header = [[column.title] for column in columns]
    body = [[_wrapped(cell, column.most) for column, cell in zip(columns, row, strict=True)] for row in rows]
    shown = [index for index in range(len(columns)) if any(any(row[index]) for row in body)]
    widths = {
        index: max(columns[index].least, *(width_of(line) for row in [header, *body] for line in row[index]))
        for index in shown
    }

    def lines(row: Sequence[Sequence[str]]) -> list[str]:
        height = max((len(row[index]) for index in shown), default=0)
        return [
            " " * indent + "  ".join(cell_line(row, index, number) for index in shown).rstrip()
            for number in range(height)
        ]

    def cell_line(row: Sequence[Sequence[str]], index: int, number: int) -> str:
        text = row[index][number] if number < len(row[index]) else ""
        return pad(text, widths[index], right=columns[index].right)

    return [lines(row) for row in [header, *body]]


def _wrapped(cell: Sequence[str], width: int) -> list[str]:
    return [line for text in cell for line in textwrap.wrap(text, width, break_on_hyphens=False)] or [""]
