"""The small tree that a file becomes: what the evaluator knows, and one node for all that it does not.

Lines count from 1. Keyword lists are lists of pairs, ``do`` blocks and ``do:`` are both ``Call.blocks``, and
``a |> f(b)`` is ``f(a, b)``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

from checks.elixir.values import Value


@dataclass(slots=True, eq=False)
class Literal:
    line: int
    value: Value


@dataclass(slots=True, eq=False)
class Interpolated:
    """A string, charlist or atom with ``#{}`` in it."""

    line: int
    kind: str
    """``string``, ``charlist`` or ``atom``."""
    parts: list[str | Node]


@dataclass(slots=True, eq=False)
class Words:
    """``~w(a b)a``"""

    line: int
    text: Node
    modifier: str


@dataclass(slots=True, eq=False)
class Name:
    """A variable, or a call without parentheses and arguments."""

    line: int
    name: str


@dataclass(slots=True, eq=False)
class Alias:
    line: int
    name: str


@dataclass(slots=True, eq=False)
class Attribute:
    """``@name`` read, or set when there is a value."""

    line: int
    name: str
    value: Node | None


@dataclass(slots=True, eq=False)
class ListOf:
    line: int
    items: list[Node]
    tail: Node | None = None


@dataclass(slots=True, eq=False)
class TupleOf:
    line: int
    items: list[Node]


@dataclass(slots=True, eq=False)
class MapOf:
    line: int
    pairs: list[tuple[Node, Node]]
    base: Node | None = None
    struct: str | None = None


@dataclass(slots=True, eq=False)
class Segment:
    """One part of ``<<>>``: a value, and its size in bits where one is written."""

    value: Node
    size: Node | None


@dataclass(slots=True, eq=False)
class BitString:
    line: int
    segments: list[Segment]


@dataclass(slots=True, eq=False)
class Call:
    line: int
    end_line: int
    name: str
    receiver: Node | None
    arguments: list[Node]
    blocks: dict[str, Node] = field(default_factory=dict)
    """``do``, ``else``, ``rescue`` …"""


@dataclass(slots=True, eq=False)
class Operation:
    """A unary or binary operator."""

    line: int
    operator: str
    operands: list[Node]


@dataclass(slots=True, eq=False)
class Apply:
    """``function.(arguments)``"""

    line: int
    function: Node
    arguments: list[Node]


@dataclass(slots=True, eq=False)
class Access:
    """``subject[key]``"""

    line: int
    subject: Node
    key: Node


@dataclass(slots=True, eq=False)
class Clause:
    line: int
    patterns: list[Node]
    guard: Node | None
    body: Node


@dataclass(slots=True, eq=False)
class Clauses:
    """What stands in the block of ``case`` and ``cond``, and in ``fn``."""

    line: int
    clauses: list[Clause]
    is_function: bool = False


@dataclass(slots=True, eq=False)
class Capture:
    """``&``; inside of its body ``&1`` is ``Name("&1")``."""

    line: int
    body: Node


@dataclass(slots=True, eq=False)
class Block:
    line: int
    statements: list[Node]


@dataclass(slots=True, eq=False)
class Unsupported:
    """Something that is Elixir, and that nobody evaluates here."""

    line: int
    what: str


Node: TypeAlias = (
    Literal
    | Interpolated
    | Words
    | Name
    | Alias
    | Attribute
    | ListOf
    | TupleOf
    | MapOf
    | BitString
    | Call
    | Operation
    | Apply
    | Access
    | Clauses
    | Capture
    | Block
    | Unsupported
)
