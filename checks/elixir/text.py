"""What stands between quotes: escapes, heredocs, sigils, from the raw pieces that tree-sitter gives."""

from __future__ import annotations

import re

_ESCAPE = re.compile(
    r"\\(?:x\{([0-9a-fA-F]+)\}|x([0-9a-fA-F]{1,2})|u\{([0-9a-fA-F]+)\}|u([0-9a-fA-F]{4})|(.))", re.DOTALL
)
_SIMPLE = {
    "0": "\0",
    "a": "\a",
    "b": "\b",
    "d": "\x7f",
    "e": "\x1b",
    "f": "\f",
    "n": "\n",
    "r": "\r",
    "s": " ",
    "t": "\t",
    "v": "\v",
    "\n": "",
}


def unescape(sequence: str) -> str:
    """The character that ``\\n``, ``\\x41`` or ``\\u{1F600}`` stands for."""
    match = _ESCAPE.fullmatch(sequence)
    if match is None:
        return "" if sequence == "\\\r\n" else sequence
    *numbers, simple = match.groups()
    number = next((digits for digits in numbers if digits), None)
    if number is None:
        return _SIMPLE.get(simple or "", simple or "")
    code = int(number, 16)
    return chr(code) if code < 0x110000 and not 0xD800 <= code < 0xE000 else "\ufffd"


def without_indentation(text: str, indentation: int, *, at_line_start: bool) -> str:
    """A piece of a heredoc without the indentation of its end, ``at_line_start``: also of its first line."""
    pattern = rf"\n[ \t]{{1,{indentation}}}" if indentation else ""
    stripped = re.sub(pattern, "\n", text) if pattern else text
    if at_line_start and indentation:
        stripped = re.sub(rf"\A[ \t]{{1,{indentation}}}", "", stripped)
    return stripped
