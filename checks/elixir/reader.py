"""tree-sitter's nodes → ours, one method per kind."""

from __future__ import annotations

from collections.abc import Callable

from tree_sitter import Node as Raw

from checks.elixir import quoted
from checks.elixir.nodes import Nodes, line_of, name_of, parts_of
from checks.elixir.stops import TooMuchError
from checks.elixir.syntax import (
    Access,
    Alias,
    Apply,
    Attribute,
    Call,
    Capture,
    Clauses,
    ListOf,
    Literal,
    Name,
    Node,
    Operation,
    TupleOf,
    Unsupported,
)

_BLOCKS = {"else_block": "else", "rescue_block": "rescue", "after_block": "after", "catch_block": "catch"}


class Reader(Nodes):
    def _make(self, raw: Raw) -> Node:
        make = _MAKERS.get(raw.type)
        return make(self, raw) if make else Unsupported(line_of(raw), raw.type.replace("_", " "))

    def call(self, raw: Raw) -> Node:
        line, target = line_of(raw), raw.child_by_field_name("target")
        parts = parts_of(raw)
        arguments_raw = next((part for part in parts if part.type == "arguments"), None)
        do = next((part for part in parts if part.type == "do_block"), None)
        arguments, blocks = self._arguments(arguments_raw)
        if do is not None:
            blocks.update(self._do(do))
        end = raw.end_point.row + 1
        if target is None or target.type == "call":
            return Unsupported(line, "call of a call")
        if target.type != "dot":
            return Call(line, end, self.text(target), None, arguments, blocks)
        left, right = target.child_by_field_name("left"), target.child_by_field_name("right")
        if right is None and left is not None:
            return Apply(line, self.node(left), arguments)
        if left is None or right is None or right.type not in ("identifier", "operator_identifier"):
            return Unsupported(line, "call")
        return Call(line, end, self.text(right), self.node(left), arguments, blocks)

    def _arguments(self, raw: Raw | None) -> tuple[list[Node], dict[str, Node]]:
        """The arguments, keywords as one list; ``do:`` and ``else:`` as blocks."""
        arguments: list[Node] = []
        blocks: dict[str, Node] = {}
        for part in parts_of(raw) if raw else ():
            if part.type != "keywords":
                arguments.append(self.node(part))
                continue
            pairs = self.pairs(part)
            names = [name_of(pair) for pair in pairs]
            if "do" in names:
                taken = zip(names, pairs, strict=True)
                blocks = {name: pair.items[1] for name, pair in taken if name and isinstance(pair, TupleOf)}
                others = [name for name in blocks if name not in ("do", "else", "rescue", "after", "catch")]
                pairs = [pair for pair in pairs if name_of(pair) in others]
                blocks = {name: node for name, node in blocks.items() if name not in others}
            if pairs:
                arguments.append(ListOf(line_of(part), pairs))
        return arguments, blocks

    def _do(self, raw: Raw) -> dict[str, Node]:
        parts = parts_of(raw)
        own = [part for part in parts if part.type not in _BLOCKS]
        blocks = {"do": self.statements(line_of(raw), own)}
        for part in parts:
            if part.type in _BLOCKS:
                inner = [child for child in parts_of(part) if child.is_named]
                blocks[_BLOCKS[part.type]] = self.statements(line_of(part), inner)
        return blocks

    def binary(self, raw: Raw) -> Node:
        operator = self._operator(raw)
        left, right = self._field(raw, "left"), self._field(raw, "right")
        if operator == "|>":
            return _piped(line_of(raw), raw.end_point.row + 1, left, right)
        if operator == "//" and isinstance(left, Operation) and left.operator == "..":
            return Operation(line_of(raw), "..//", [*left.operands, right])
        return Operation(line_of(raw), operator, [left, right])

    def unary(self, raw: Raw) -> Node:
        line, operator = line_of(raw), self._operator(raw)
        parts = [part for part in raw.children_by_field_name("operand") if part.is_named]
        if len(parts) != 1:
            return Unsupported(line, "operator")
        if operator == "@":
            return self._attribute(line, parts[0])
        if operator == "&":
            inner = self.node(parts[0])
            if isinstance(inner, Literal):
                return Name(line, f"&{inner.value}")
            return Capture(line, inner)
        return Operation(line, operator, [self.node(parts[0])])

    def _attribute(self, line: int, raw: Raw) -> Node:
        if raw.type != "call":
            return Attribute(line, self.text(raw), None)
        target = raw.child_by_field_name("target")
        name = self.text(target) if target else ""
        if name in ("spec", "type", "typep", "typedoc", "opaque", "callback", "doc", "moduledoc", "impl"):
            return Attribute(line, name, Literal(line, None))
        arguments = next((part for part in parts_of(raw) if part.type == "arguments"), None)
        values = self._arguments(arguments)[0]
        return Attribute(line, name, values[0] if values else None)

    def function(self, raw: Raw) -> Node:
        clauses = [self.clause(part) for part in parts_of(raw) if part.type == "stab_clause"]
        return Clauses(line_of(raw), clauses, is_function=True)

    def dot(self, raw: Raw) -> Node:
        """``A.{B, C}`` and ``__MODULE__.B``"""
        left, right = raw.child_by_field_name("left"), raw.child_by_field_name("right")
        if left is None or right is None:
            return Unsupported(line_of(raw), "dot")
        if right.type == "tuple":
            return TupleOf(line_of(raw), [self._below(left, part) for part in parts_of(right)])
        return self._below(left, right)

    def _below(self, left: Raw, right: Raw) -> Node:
        return Alias(line_of(right), f"{self.text(left)}.{self.text(right)}")

    def access(self, raw: Raw) -> Node:
        return Access(line_of(raw), self._field(raw, "target"), self._field(raw, "key"))

    def number(self, raw: Raw) -> Node:
        digits = self.text(raw).replace("_", "")
        if len(digits) > 1_000:
            raise TooMuchError("a number of more than 1,000 digits", line_of(raw))
        is_float = raw.type == "float"
        return Literal(
            line_of(raw), float(digits) if is_float else int(digits, 0 if digits[:2] in _BASES else 10)
        )

    def char(self, raw: Raw) -> Node:
        return Literal(line_of(raw), ord(quoted.character(self.text(raw)[1:])))

    def block_in_parentheses(self, raw: Raw) -> Node:
        return self.statements(line_of(raw), parts_of(raw))


_BASES = ("0x", "0o", "0b")
_CONSTANTS = {"nil": None, "true": True, "false": False}


def _piped(line: int, end_line: int, left: Node, right: Node) -> Node:
    match right:
        case Call():
            return Call(
                right.line, end_line, right.name, right.receiver, [left, *right.arguments], right.blocks
            )
        case Name():
            return Call(right.line, end_line, right.name, None, [left])
        case Apply():
            return Apply(right.line, right.function, [left, *right.arguments])
        case _:
            return Unsupported(line, "pipe into something that is no call")


_MAKERS: dict[str, Callable[[Reader, Raw], Node]] = {
    "call": Reader.call,
    "binary_operator": Reader.binary,
    "unary_operator": Reader.unary,
    "anonymous_function": Reader.function,
    "list": Reader.list,
    "tuple": Reader.tuple,
    "map": Reader.map,
    "dot": Reader.dot,
    "access_call": Reader.access,
    "bitstring": Reader.bits,
    "block": Reader.block_in_parentheses,
    "body": Reader.block_in_parentheses,
    "integer": Reader.number,
    "float": Reader.number,
    "char": Reader.char,
    "alias": lambda reader, raw: Alias(line_of(raw), reader.text(raw)),
    "identifier": lambda reader, raw: Name(line_of(raw), reader.text(raw)),
    "operator_identifier": lambda reader, raw: Name(line_of(raw), reader.text(raw)),
    "atom": lambda reader, raw: Literal(line_of(raw), quoted.atom_of(reader.text(raw)[1:])),
    "boolean": lambda reader, raw: Literal(line_of(raw), _CONSTANTS[reader.text(raw)]),
    "nil": lambda reader, raw: Literal(line_of(raw), None),
    "string": lambda reader, raw: quoted.read(reader, raw, "string"),
    "charlist": lambda reader, raw: quoted.read(reader, raw, "charlist"),
    "quoted_atom": lambda reader, raw: quoted.read(reader, raw, "atom"),
    "sigil": lambda reader, raw: quoted.sigil(reader, raw),
}
