"""Names and texts as Elixir's source has them."""

from __future__ import annotations

import re

from checks.elixir.values import Atom, Value

_PLAIN = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
_ESCAPES = {"\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def string(text: str) -> str:
    return f'"{_escaped(text, quote=True)}"'


def atom(name: str) -> str:
    """``:name``, or ``:"other name"``."""
    return f":{name}" if _PLAIN.fullmatch(name) else f":{string(name)}"


def table_name(name: str) -> str:
    """Tables may be given as a string, too; that is easier to read where an atom would need quotes."""
    return f":{name}" if _PLAIN.fullmatch(name) else string(name)


def value(constant: Value) -> str:
    """A string, a number, a boolean, ``nil`` or an atom."""
    if isinstance(constant, str):
        return string(constant)
    if isinstance(constant, Atom):
        return atom(constant.name)
    return {None: "nil", True: "true", False: "false"}.get(constant, str(constant))


def heredoc_lines(text: str) -> list[str]:
    """What stands between the three quotes of a heredoc."""
    return [_escaped(line, quote=False).replace('"""', '\\"""') for line in text.split("\n")]


def _escaped(text: str, *, quote: bool) -> str:
    """Interpolation and escapes are Elixir's own, so what looks like one is written as what it is."""
    shown = "".join(_ESCAPES.get(character) or _control(character) for character in text)
    shown = shown.replace("#{", "\\#{")
    return shown.replace('"', '\\"') if quote else shown


def _control(character: str) -> str:
    return character if character.isprintable() or character == " " else f"\\u{{{ord(character):x}}}"
