"""A Markdown document in sections: what a section is, and how much of it fits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

BORDER = "\f"
"""Between two sections in a rendered template. Strangers' text holds none: ``visible`` writes it as ``\\x0c``."""

CUT = "\n> ✂️ Cut here, for GitHub takes no more text. Left out: {titles}. {where}\n"
IN_FULL = "[The full report]({url}) has all of it."
ON_THE_COMMAND_LINE = "`migration validate` prints all of it."


@dataclass(frozen=True)
class Section:
    title: str
    text: str


def sections(document: str) -> list[Section]:
    """Each begins with its title on a line of its own, which may be empty; those that only have a title go."""
    parts = [text.partition("\n") for text in document.split(BORDER)]
    return [
        Section(title, f"### {title}\n{text}" if title else text) for title, _, text in parts if text.strip()
    ]


def fit(
    parts: Sequence[Section], most: int, report_url: str | None, measure: Callable[[str], int] = len
) -> str:
    """The sections one after the other, as many as ``most`` allows; the cut says which are missing."""
    for kept in range(len(parts), 0, -1):
        text = "\n".join(part.text.strip("\n") + "\n" for part in parts[:kept])
        text += _cut(parts[kept:], report_url)
        if measure(text) <= most:
            return text
    return _cut(parts, report_url)


def size_in_bytes(text: str) -> int:
    return len(text.encode())


def _cut(left_out: Sequence[Section], report_url: str | None) -> str:
    if not left_out:
        return ""
    titles = ", ".join(part.title or "the rest" for part in left_out)
    where = IN_FULL.format(url=report_url) if report_url else ON_THE_COMMAND_LINE
    return CUT.format(titles=titles, where=where)
