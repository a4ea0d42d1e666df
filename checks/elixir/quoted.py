"""Strings, charlists, quoted atoms and sigils."""

from __future__ import annotations

from typing import Protocol

from tree_sitter import Node as Raw

from checks.elixir.syntax import Block, Interpolated, Literal, Node, Unsupported, Words
from checks.elixir.text import unescape, without_indentation
from checks.elixir.values import Regex, Value, atom

_HEREDOC = ('"""', "'''")


class Reads(Protocol):
    def text(self, raw: Raw) -> str: ...

    def node(self, raw: Raw) -> Node: ...


def atom_of(name: str) -> Value:
    return atom(name)


def character(text: str) -> str:
    """Of ``?a`` and ``?\\n``, without the question mark."""
    return unescape(text) if text.startswith("\\") else text[:1]


def read(reader: Reads, raw: Raw, kind: str) -> Node:
    """A string of the given kind: a constant when nothing is interpolated."""
    return _made(_line_of_text(reader, raw), kind, _pieces(reader, raw, raw_text=False))


def sigil(reader: Reads, raw: Raw) -> Node:
    """``~s``, ``~w`` and ``~c``, with escapes when they are lower case; other sigils are not evaluated."""
    line, name, modifier = _line_of_text(reader, raw), "", ""
    for part in raw.children:
        if part.type == "sigil_name":
            name = reader.text(part)
        elif part.type == "sigil_modifiers":
            modifier = reader.text(part)
    pieces = _pieces(reader, raw, raw_text=name.isupper())
    match name.lower():
        case "s":
            return _made(line, "string", pieces)
        case "c":
            return _made(line, "charlist", pieces)
        case "w":
            return Words(line, _made(line, "string", pieces), modifier or "s")
        case "r":
            return _regex(line, _pieces(reader, raw, raw_text=True), modifier)
        case _:
            return Unsupported(line, f"sigil ~{name}")


def _regex(line: int, pieces: list[str | Node], modifier: str) -> Node:
    text = "".join(piece for piece in pieces if isinstance(piece, str))
    is_constant = all(isinstance(piece, str) for piece in pieces)
    if is_constant and Regex.is_simple(text) and modifier in ("", "i", "u"):
        return Literal(line, Regex(text, modifier))
    return Unsupported(line, "a regular expression of this kind")


def _made(line: int, kind: str, pieces: list[str | Node]) -> Node:
    if any(not isinstance(piece, str) for piece in pieces):
        return Interpolated(line, kind, pieces)
    text = "".join(piece for piece in pieces if isinstance(piece, str))
    match kind:
        case "atom":
            return Literal(line, atom(text))
        case "charlist":
            return Literal(line, [ord(character) for character in text])
        case _:
            return Literal(line, text)


def _pieces(reader: Reads, raw: Raw, *, raw_text: bool) -> list[str | Node]:
    is_heredoc, indentation = _heredoc(reader, raw)
    pieces: list[str | Node] = []
    at_start, first = is_heredoc, is_heredoc
    for part in raw.children:
        match part.type:
            case "quoted_content":
                text = reader.text(part)
                if first:
                    text = text.partition("\n")[2]
                if is_heredoc:
                    text = without_indentation(text, indentation, at_line_start=at_start)
                pieces.append(text if raw_text else text.replace("\\\n", ""))
                at_start = first = False
            case "escape_sequence":
                text = reader.text(part)
                pieces.append(text if raw_text else unescape(text))
                at_start = is_heredoc and text.endswith("\n")
            case "interpolation":
                inner = [child for child in part.children if child.is_named and child.type != "comment"]
                nodes = [reader.node(child) for child in inner]
                pieces.append(nodes[0] if len(nodes) == 1 else Block(part.start_point.row + 1, nodes))
                at_start = False
    return pieces


def _line_of_text(reader: Reads, raw: Raw) -> int:
    """Where the text begins: for a heredoc behind the line of its quotes."""
    return raw.start_point.row + 1 + _heredoc(reader, raw)[0]


def _heredoc(reader: Reads, raw: Raw) -> tuple[bool, int]:
    """Whether it is one, and the indentation of its end."""
    end = raw.child_by_field_name("quoted_end")
    if end is None or reader.text(end) not in _HEREDOC:
        return False, 0
    return True, end.start_point.column
