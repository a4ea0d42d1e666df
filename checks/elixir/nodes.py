"""What the reading of every kind of node shares: text, lists of parts, pairs, clauses; and containers."""

from __future__ import annotations

from abc import ABC, abstractmethod

from tree_sitter import Node as Raw

from checks.elixir import quoted
from checks.elixir.stops import TooMuchError
from checks.elixir.syntax import (
    BitString,
    Block,
    Clause,
    Clauses,
    ListOf,
    Literal,
    MapOf,
    Node,
    Operation,
    Segment,
    TupleOf,
    Unsupported,
)
from checks.elixir.values import Atom

_MAX_DEPTH = 150
_PUNCTUATION = frozenset(
    {"(", ")", "[", "]", "{", "}", ",", ";", "%", "<<", ">>", "do", "end", "fn", "comment"}
)


class Nodes(ABC):
    """One file on its way from tree-sitter's nodes to ours."""

    def __init__(self, source: bytes) -> None:
        self._source = source
        self._depth = 0

    def text(self, raw: Raw) -> str:
        return self._source[raw.start_byte : raw.end_byte].decode(errors="replace")

    def node(self, raw: Raw) -> Node:
        """Raises TooMuchError where things are nested too deeply."""
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            raise TooMuchError(f"the code is nested more than {_MAX_DEPTH} levels deep", line_of(raw))
        try:
            return self._make(raw)
        finally:
            self._depth -= 1

    @abstractmethod
    def _make(self, raw: Raw) -> Node:
        """By the kind of the node."""

    @abstractmethod
    def _arguments(self, raw: Raw | None) -> tuple[list[Node], dict[str, Node]]: ...

    def block(self, raw: Raw) -> Block:
        return Block(line_of(raw), [self.node(child) for child in parts_of(raw)])

    def statements(self, line: int, parts: list[Raw]) -> Node:
        """One expression as it is, several as a block, ``->`` clauses as clauses."""
        if parts and parts[0].type == "stab_clause":
            return Clauses(line, [self.clause(part) for part in parts if part.type == "stab_clause"])
        nodes = [self.node(part) for part in parts]
        return nodes[0] if len(nodes) == 1 else Block(line, nodes)

    def items(self, raw: Raw | None) -> list[Node]:
        """Elements or arguments; a trailing keyword list is spread into pairs."""
        found: list[Node] = []
        for part in parts_of(raw) if raw else ():
            if part.type == "keywords":
                found.extend(self.pairs(part))
            else:
                found.append(self.node(part))
        return found

    def pairs(self, raw: Raw) -> list[Node]:
        return [self.pair(part) for part in parts_of(raw)]

    def pair(self, raw: Raw) -> Node:
        key, value = raw.child_by_field_name("key"), raw.child_by_field_name("value")
        if key is None or value is None:
            return Unsupported(line_of(raw), "pair")
        return TupleOf(line_of(raw), [self._key(key), self.node(value)])

    def _key(self, raw: Raw) -> Node:
        if raw.type == "keyword":
            return Literal(line_of(raw), quoted.atom_of(self.text(raw).rstrip()[:-1]))
        return quoted.read(self, raw, "atom")

    def clause(self, raw: Raw) -> Clause:
        left, right = raw.child_by_field_name("left"), raw.child_by_field_name("right")
        guard = None
        if left is not None and left.type == "binary_operator" and self._operator(left) == "when":
            guard = self._field(left, "right")
            left = left.child_by_field_name("left")
        body = self.statements(line_of(raw), parts_of(right)) if right else Literal(line_of(raw), None)
        return Clause(line_of(raw), self._patterns(left), guard, body)

    def _patterns(self, left: Raw | None) -> list[Node]:
        if left is None:
            return []
        return self._arguments(left)[0] if left.type == "arguments" else [self.node(left)]

    def _operator(self, raw: Raw) -> str:
        operator = raw.child_by_field_name("operator")
        return self.text(operator) if operator else ""

    def _field(self, raw: Raw, name: str) -> Node:
        found = raw.child_by_field_name(name)
        return self.node(found) if found else Unsupported(line_of(raw), raw.type)

    def list(self, raw: Raw) -> Node:
        items = self.items(raw)
        last = items[-1] if items else None
        if isinstance(last, Operation) and last.operator == "|" and len(last.operands) == 2:
            return ListOf(line_of(raw), [*items[:-1], last.operands[0]], last.operands[1])
        return ListOf(line_of(raw), items)

    def tuple(self, raw: Raw) -> Node:
        parts = parts_of(raw)
        items = [self.node(part) for part in parts if part.type != "keywords"]
        items += [ListOf(line_of(part), self.pairs(part)) for part in parts if part.type == "keywords"]
        return TupleOf(line_of(raw), items)

    def map(self, raw: Raw) -> Node:
        result = MapOf(line_of(raw), [])
        for part in parts_of(raw):
            if part.type == "struct":
                result.struct = self.text(part)
            elif part.type == "map_content":
                for inner in parts_of(part):
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
            result.pairs.append((Unsupported(line_of(raw), "map entry"), Literal(line_of(raw), None)))

    def bits(self, raw: Raw) -> Node:
        segments = []
        for part in parts_of(raw):
            typed = part.type == "binary_operator" and self._operator(part) == "::"
            if typed:
                segments.append(Segment(self._field(part, "left"), self._field(part, "right")))
            else:
                segments.append(Segment(self.node(part), None))
        return BitString(line_of(raw), segments)


def line_of(raw: Raw) -> int:
    return raw.start_point.row + 1


def parts_of(raw: Raw | None) -> list[Raw]:
    return [part for part in raw.children if part.type not in _PUNCTUATION] if raw else []


def name_of(pair: Node) -> str | None:
    key = pair.items[0] if isinstance(pair, TupleOf) else None
    return key.value.name if isinstance(key, Literal) and isinstance(key.value, Atom) else None
