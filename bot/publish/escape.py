"""Strangers' text, made harmless for each place that shows it.

Statements, names, comments and messages come from a pull request. In a terminal they could move the cursor
or turn text around; in Markdown they could leave a table, close a fence, mention people or load pictures.
"""

from __future__ import annotations

import html
import re
import unicodedata

_HIDDEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}
"""Controls, formats (bidirectional overrides, zero width, tags), lone surrogates, line separators."""


def visible(text: str) -> str:
    """``text`` with every character that shows nothing, or does something, written as its escape.

    New lines stay, a tab becomes four spaces, a carriage return before a new line is dropped.
    """
    if text.isascii() and text.isprintable():
        return text
    text = text.replace("\r\n", "\n").replace("\t", "    ")
    return "".join(_visible_character(character) for character in text)


def one_line(text: str) -> str:
    """``text`` on one line: runs of white space become one space."""
    return visible(" ".join(text.split()))


def _visible_character(character: str) -> str:
    if character == "\n" or unicodedata.category(character) not in _HIDDEN:
        return character
    return character.encode("unicode_escape", "surrogatepass").decode("ascii")


# ── GitHub Markdown ─────────────────────────────────────────────────────────────────────────────────

_BREAK = "\ue000"
"""Stands for a zero-width space while the characters around it are escaped."""

_LINKED_BY_GITHUB = re.compile(
    r"""(?ix)
    (?: (?:https? | ftp | mailto | xmpp) (?=:) | www (?=\.) )
    | (?: \bgh- (?=\d) )
    | (?: [@\#] )
    | (?: : (?=\w+:) )
    | (?: \b (?=\d*[a-f]) (?=[a-f]*\d) [0-9a-f]{3} (?=[0-9a-f]{4,37}\b) )
    """
)
_MAIL = re.compile(r"(?<=[\w.+-])@(?=\w)")
_STARTS_A_LIST = re.compile(r"^(\d+(?=[.)])|(?=[-+]))(?=.(?:\s|$))")
_ESCAPES = {"<": "&lt;", ">": "&gt;", "&": "&amp;", _BREAK: "&#8203;"} | {
    character: "\\" + character for character in "\\`*_[]|~!$#"
}


def markdown_text(text: str) -> str:
    """``text`` as one line of GitHub Markdown that shows the same characters, links nothing and mentions nobody.

    GitHub resolves mentions, issue numbers and addresses after it has rendered the Markdown, so a backslash
    does not stop them; a zero-width space does.
    """
    text = one_line(text).replace(_BREAK, "\\ue000")
    text = _LINKED_BY_GITHUB.sub(lambda match: match.group(0) + _BREAK, text)
    text = _STARTS_A_LIST.sub(r"\1" + _BREAK, text)
    return "".join(_ESCAPES.get(character, character) for character in text)


def markdown_code(text: str) -> str:
    """``text`` as inline code. GitHub looks for no mention or link inside code."""
    text = one_line(text) or " "
    if "`" not in text and "|" not in text and "\\" not in text and text != " ":
        return f"`{text}`"
    return html_code(text)


def html_code(text: str) -> str:
    """``text`` as a ``<code>`` element that holds whether Markdown is read inside it or not.

    GitHub's Markdown looks for e-mail addresses inside it too (GFM, 6.9), so they are broken up.
    """
    text = _MAIL.sub("@" + _BREAK, one_line(text).replace(_BREAK, "\\ue000"))
    return "<code>" + "".join(map(_code_character, text)) + "</code>"


def html_text(text: str) -> str:
    """``text`` as one line for the inside of an HTML block (a ``<summary>``), which Markdown does not read."""
    text = _LINKED_BY_GITHUB.sub(
        lambda match: match.group(0) + _BREAK, one_line(text).replace(_BREAK, "\\ue000")
    )
    return html.escape(text).replace(_BREAK, "&#8203;")


def _code_character(character: str) -> str:
    """Inside an HTML tag Markdown still counts, entities do not: an entity is always only its character."""
    if character == _BREAK:
        return _ESCAPES[_BREAK]
    if character.isalnum() or character in " ,:;" or not character.isascii():
        return character
    return f"&#{ord(character)};"


_QUOTED = re.compile(r"`([^`\n]+)`")


def markdown_prose(text: str) -> str:
    """A message: as ``markdown_text``, and what it quotes between backticks as inline code."""
    parts = _QUOTED.split(text)
    return "".join(
        markdown_code(part) if odd % 2 else _spaced_text(part) for odd, part in enumerate(parts)
    ).strip()


def _spaced_text(text: str) -> str:
    """``markdown_text`` that keeps one space at either end, where code follows or precedes."""
    if not text.strip():
        return " " if text else ""
    before = " " if text[0].isspace() else ""
    after = " " if text[-1].isspace() else ""
    return f"{before}{markdown_text(text)}{after}"


def markdown_block(text: str, language: str = "") -> str:
    """``text`` in a fence that is longer than every run of backticks in it."""
    fence = fence_around(text)
    return f"{fence}{language}\n{visible(text).rstrip()}\n{fence}"


def fence_around(text: str) -> str:
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    return "`" * max(3, longest + 1)
