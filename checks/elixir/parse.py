"""A file's text → the small tree, with tree-sitter's grammar of Elixir."""

from __future__ import annotations

from functools import cache

import tree_sitter_elixir
from tree_sitter import Language, Parser
from tree_sitter import Node as Raw

from checks.elixir.reader import Reader
from checks.elixir.stops import TooMuchError
from checks.elixir.syntax import (
    Block,
)

MAX_BYTES = 1_000_000


class SyntaxProblem(Exception):
    """Text that is not Elixir: the line, and what stands there."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line
        self.message = message


def parse(text: str) -> Block:
    """The file's statements. Raises SyntaxProblem, and TooMuchError for a file that is too long or too deep."""
    source = text.encode()
    if len(source) > MAX_BYTES:
        raise TooMuchError(f"the file is longer than {MAX_BYTES:,} bytes", 1)
    root = _parser().parse(source).root_node
    if root.has_error:
        raise _problem(root)
    return Reader(source).block(root)


@cache
def _parser() -> Parser:
    return Parser(Language(tree_sitter_elixir.language()))


def _problem(root: Raw) -> SyntaxProblem:
    """At the first place that the grammar does not know."""
    node = root
    inner: Raw | None = root
    while inner and not (node.is_error or node.is_missing):
        node = inner
        inner = next((child for child in node.children if child.has_error or child.is_missing), None)
    line = node.start_point.row + 1
    if node.is_missing:
        return SyntaxProblem(line, f"`{node.type}` is missing")
    snippet = " ".join((node.text or b"").decode(errors="replace").split())[:40]
    return SyntaxProblem(line, f"no Elixir grammar reads `{snippet}`")
