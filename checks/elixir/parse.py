"""A file's text → the small tree, with tree-sitter's grammar of Elixir."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import tree_sitter_elixir
from tree_sitter import Language, Parser
from tree_sitter import Node as Raw

from checks.elixir import quoted
from checks.elixir.stops import TooMuchError
from checks.elixir.syntax import (
    Access,
    Alias,
    Apply,
    Attribute,
    BitString,
    Block,
    Call,
    Capture,
    Clause,
    Clauses,
    ListOf,
    Literal,
    MapOf,
    Name,
    Node,
    Operation,
    Segment,
    TupleOf,
    Unsupported,
)
from checks.elixir.values import Atom

MAX_BYTES = 1_000_000
_MAX_DEPTH = 150
_PUNCTUATION = frozenset(
    {"(", ")", "[", "]", "{", "}", ",", ";", "%", "<<", ">>", "do", "end", "fn", "comment"}
)
_BLOCKS = {"else_block": "else", "rescue_block": "rescue", "after_block": "after", "catch_block": "catch"}


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
    while not (node.is_error or node.is_missing):
        node = next(child for child in node.children if child.has_error or child.is_missing)
    line = node.start_point.row + 1
    if node.is_missing:
        return SyntaxProblem(line, f"`{node.type}` is missing")
    snippet = " ".join((node.text or b"").decode(errors="replace").split())[:40]
    return SyntaxProblem(line, f"no Elixir grammar reads `{snippet}`")


class Reader:
    """One file on its way from tree-sitter's nodes to ours."""

    def __init__(self, source: bytes) -> None:
        self._source = source
        self._depth = 0

    def text(self, raw: Raw) -> str:
        return self._source[raw.start_byte : raw.end_byte].decode(errors="replace")

    def node(self, raw: Raw) -> Node:
        """Raises TooMuchError where things are nested too deeply."""
        make = _MAKERS.get(raw.type)
        if make is None:
            return Unsupported(_line(raw), raw.type.replace("_", " "))
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            raise TooMuchError(f"the code is nested more than {_MAX_DEPTH} levels deep", _line(raw))
        try:
            return make(self, raw)
        finally:
            self._depth -= 1

    def block(self, raw: Raw) -> Block:
        return Block(_line(raw), [self.node(child) for child in _parts(raw)])

    def statements(self, line: int, parts: list[Raw]) -> Node:
        """One expression as it is, several as a block, ``->`` clauses as clauses."""
        if parts and parts[0].type == "stab_clause":
            return Clauses(line, [self.clause(part) for part in parts if part.type == "stab_clause"])
        nodes = [self.node(part) for part in parts]
        return nodes[0] if len(nodes) == 1 else Block(line, nodes)

    def items(self, raw: Raw | None) -> list[Node]:
        """Elements or arguments; a trailing keyword list is spread into pairs."""
        found: list[Node] = []
        for part in _parts(raw) if raw else ():
            if part.type == "keywords":
                found.extend(self.pairs(part))
            else:
                found.append(self.node(part))
        return found

    def pairs(self, raw: Raw) -> list[Node]:
        return [self.pair(part) for part in _parts(raw)]

    def pair(self, raw: Raw) -> Node:
        key, value = raw.child_by_field_name("key"), raw.child_by_field_name("value")
        if key is None or value is None:
            return Unsupported(_line(raw), "pair")
        return TupleOf(_line(raw), [self._key(key), self.node(value)])

    def _key(self, raw: Raw) -> Node:
        if raw.type == "keyword":
            return Literal(_line(raw), quoted.atom_of(self.text(raw).rstrip()[:-1]))
        return quoted.read(self, raw, "atom")

    def clause(self, raw: Raw) -> Clause:
        left, right = raw.child_by_field_name("left"), raw.child_by_field_name("right")
        guard = None
        if left is not None and left.type == "binary_operator" and self._operator(left) == "when":
            guard = self._field(left, "right")
            left = left.child_by_field_name("left")
        body = self.statements(_line(raw), _parts(right)) if right else Literal(_line(raw), None)
        return Clause(_line(raw), self._patterns(left), guard, body)

    def _patterns(self, left: Raw | None) -> list[Node]:
        if left is None:
            return []
        return self._arguments(left)[0] if left.type == "arguments" else [self.node(left)]

    def _operator(self, raw: Raw) -> str:
        operator = raw.child_by_field_name("operator")
        return self.text(operator) if operator else ""

    def _field(self, raw: Raw, name: str) -> Node:
        found = raw.child_by_field_name(name)
        return self.node(found) if found else Unsupported(_line(raw), raw.type)

    # ── One method per kind of node ────────────────────────────────────────────────────────────────

    def call(self, raw: Raw) -> Node:
        line, target = _line(raw), raw.child_by_field_name("target")
        parts = _parts(raw)
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
        for part in _parts(raw) if raw else ():
            if part.type != "keywords":
                arguments.append(self.node(part))
                continue
            pairs = self.pairs(part)
            names = [_name_of(pair) for pair in pairs]
            if "do" in names:
                taken = zip(names, pairs, strict=True)
                blocks = {name: pair.items[1] for name, pair in taken if name and isinstance(pair, TupleOf)}
                others = [name for name in blocks if name not in ("do", "else", "rescue", "after", "catch")]
                pairs = [pair for pair in pairs if _name_of(pair) in others]
                blocks = {name: node for name, node in blocks.items() if name not in others}
            if pairs:
                arguments.append(ListOf(_line(part), pairs))
        return arguments, blocks

    def _do(self, raw: Raw) -> dict[str, Node]:
        parts = _parts(raw)
        own = [part for part in parts if part.type not in _BLOCKS]
        blocks = {"do": self.statements(_line(raw), own)}
        for part in parts:
            if part.type in _BLOCKS:
                inner = [child for child in _parts(part) if child.is_named]
                blocks[_BLOCKS[part.type]] = self.statements(_line(part), inner)
        return blocks

    def binary(self, raw: Raw) -> Node:
        operator = self._operator(raw)
        left, right = self._field(raw, "left"), self._field(raw, "right")
        if operator == "|>":
            return _piped(_line(raw), raw.end_point.row + 1, left, right)
        if operator == "//" and isinstance(left, Operation) and left.operator == "..":
            return Operation(_line(raw), "..//", [*left.operands, right])
        return Operation(_line(raw), operator, [left, right])

    def unary(self, raw: Raw) -> Node:
        line, operator = _line(raw), self._operator(raw)
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
        arguments = next((part for part in _parts(raw) if part.type == "arguments"), None)
        values = self._arguments(arguments)[0]
        return Attribute(line, name, values[0] if values else None)

    def function(self, raw: Raw) -> Node:
        clauses = [self.clause(part) for part in _parts(raw) if part.type == "stab_clause"]
        return Clauses(_line(raw), clauses, is_function=True)

    def list(self, raw: Raw) -> Node:
        items = self.items(raw)
        last = items[-1] if items else None
        if isinstance(last, Operation) and last.operator == "|" and len(last.operands) == 2:
            return ListOf(_line(raw), [*items[:-1], last.operands[0]], last.operands[1])
        return ListOf(_line(raw), items)

    def tuple(self, raw: Raw) -> Node:
        parts = _parts(raw)
        items = [self.node(part) for part in parts if part.type != "keywords"]
        items += [ListOf(_line(part), self.pairs(part)) for part in parts if part.type == "keywords"]
        return TupleOf(_line(raw), items)

    def map(self, raw: Raw) -> Node:
        result = MapOf(_line(raw), [])
        for part in _parts(raw):
            if part.type == "struct":
                result.struct = self.text(part)
            elif part.type == "map_content":
                for inner in _parts(part):
                    self._map_entry(inner, result)
        return result

    def _map_entry(self, raw: Raw, result: MapOf) -> None:
        if raw.type == "keywords":
            for pair in self.pairs(raw):
                if isinstance(pair, TupleOf):
                    result.pairs.append((pair.items[0], pair.items[1]))
            return
        operator = self._operator(raw)
        if operator == "=>":
            result.pairs.append((self._field(raw, "left"), self._field(raw, "right")))
        elif operator == "|" and (update := raw.child_by_field_name("right")):
            result.base = self._field(raw, "left")
            self._map_entry(update, result)
        else:
            result.pairs.append((Unsupported(_line(raw), "map entry"), Literal(_line(raw), None)))

    def dot(self, raw: Raw) -> Node:
        """``A.{B, C}`` and ``__MODULE__.B``"""
        left, right = raw.child_by_field_name("left"), raw.child_by_field_name("right")
        if left is None or right is None:
            return Unsupported(_line(raw), "dot")
        if right.type == "tuple":
            return TupleOf(_line(raw), [self._below(left, part) for part in _parts(right)])
        return self._below(left, right)

    def _below(self, left: Raw, right: Raw) -> Node:
        return Alias(_line(right), f"{self.text(left)}.{self.text(right)}")

    def access(self, raw: Raw) -> Node:
        return Access(_line(raw), self._field(raw, "target"), self._field(raw, "key"))

    def bits(self, raw: Raw) -> Node:
        segments = []
        for part in _parts(raw):
            typed = part.type == "binary_operator" and self._operator(part) == "::"
            if typed:
                segments.append(Segment(self._field(part, "left"), self._field(part, "right")))
            else:
                segments.append(Segment(self.node(part), None))
        return BitString(_line(raw), segments)

    def number(self, raw: Raw) -> Node:
        digits = self.text(raw).replace("_", "")
        if len(digits) > 1_000:
            raise TooMuchError("a number of more than 1,000 digits", _line(raw))
        is_float = raw.type == "float"
        return Literal(
            _line(raw), float(digits) if is_float else int(digits, 0 if digits[:2] in _BASES else 10)
        )

    def char(self, raw: Raw) -> Node:
        return Literal(_line(raw), ord(quoted.character(self.text(raw)[1:])))

    def block_in_parentheses(self, raw: Raw) -> Node:
        return self.statements(_line(raw), _parts(raw))


_BASES = ("0x", "0o", "0b")
_CONSTANTS = {"nil": None, "true": True, "false": False}


def _line(raw: Raw) -> int:
    return raw.start_point.row + 1


def _parts(raw: Raw | None) -> list[Raw]:
    return [part for part in raw.children if part.type not in _PUNCTUATION] if raw else []


def _name_of(pair: Node) -> str | None:
    key = pair.items[0] if isinstance(pair, TupleOf) else None
    return key.value.name if isinstance(key, Literal) and isinstance(key.value, Atom) else None


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
    "alias": lambda reader, raw: Alias(_line(raw), reader.text(raw)),
    "identifier": lambda reader, raw: Name(_line(raw), reader.text(raw)),
    "operator_identifier": lambda reader, raw: Name(_line(raw), reader.text(raw)),
    "atom": lambda reader, raw: Literal(_line(raw), quoted.atom_of(reader.text(raw)[1:])),
    "boolean": lambda reader, raw: Literal(_line(raw), _CONSTANTS[reader.text(raw)]),
    "nil": lambda reader, raw: Literal(_line(raw), None),
    "string": lambda reader, raw: quoted.read(reader, raw, "string"),
    "charlist": lambda reader, raw: quoted.read(reader, raw, "charlist"),
    "quoted_atom": lambda reader, raw: quoted.read(reader, raw, "atom"),
    "sigil": lambda reader, raw: quoted.sigil(reader, raw),
}
