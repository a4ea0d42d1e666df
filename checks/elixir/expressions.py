"""The value of an expression, as far as everything in it is constant.

A statement that is not constant is noted with one sentence and its line, what it would have bound is unknown from
then on, and the next statement has its turn.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence

from checks.elixir import collections, kernel, operators
from checks.elixir.captures import capture_of
from checks.elixir.limits import Limits
from checks.elixir.patterns import match, variables_of
from checks.elixir.scope import Closure, Scope, full_name
from checks.elixir.show import inspect
from checks.elixir.stops import DynamicError
from checks.elixir.syntax import (
    Access,
    Alias,
    Apply,
    Attribute,
    BitString,
    Block,
    Call,
    Capture,
    Clauses,
    Interpolated,
    ListOf,
    Literal,
    MapOf,
    Name,
    Node,
    Operation,
    TupleOf,
    Unsupported,
    Words,
)
from checks.elixir.values import (
    Atom,
    Bits,
    Map,
    ProjectPath,
    Unknown,
    Value,
    atom,
    is_integer,
    is_truthy,
)


class Expressions(Limits, ABC):
    def __init__(self, folder: str) -> None:
        super().__init__()
        self.notes: dict[tuple[int, str], DynamicError] = {}
        """What was not constant, in order; by line and reason."""
        self._folder = folder
        self._all_or_nothing = 0

    @abstractmethod
    def apply(self, function: Value, arguments: list[Value]) -> Value:
        """The value of a function that is a value."""

    @abstractmethod
    def each(self, function: Value, items: list[Value]) -> list[Value]:
        """Its values for all items, one after the other."""

    @abstractmethod
    def _call(self, node: Call, scope: Scope) -> Value: ...

    @abstractmethod
    def _call_by_name(self, node: Call, scope: Scope, *, is_variable: bool = False) -> Value: ...

    def note(self, stop: DynamicError) -> None:
        self.notes.setdefault((stop.line or self.line, stop.reason), stop)

    def whole(self, node: Node, scope: Scope) -> Value:
        """Evaluate something of which a part alone is worth nothing: what is not constant stops all of it."""
        self._all_or_nothing += 1
        try:
            return self.evaluate(node, scope)
        finally:
            self._all_or_nothing -= 1

    def evaluate(self, node: Node, scope: Scope) -> Value:
        self.step(node.line)
        evaluate: Callable[[Node, Scope], Value] = getattr(self, _METHODS[type(node)])
        return evaluate(node, scope)

    def known(self, node: Node, scope: Scope) -> Value:
        """The value; raises DynamicError when it is not known."""
        value = self.evaluate(node, scope)
        if isinstance(value, Unknown):
            raise DynamicError(value.reason, node.line)
        return value

    def _literal(self, node: Literal, scope: Scope) -> Value:
        return node.value

    def _interpolated(self, node: Interpolated, scope: Scope) -> Value:
        pieces = []
        for part in node.parts:
            if isinstance(part, str):
                pieces.append(part)
            else:
                value = self.known(part, scope)
                self.line = node.line
                pieces.append(kernel.to_string(self, value))
        text = self.kept("".join(pieces), node.line)
        if node.kind == "atom":
            return atom(text)
        return [ord(character) for character in text] if node.kind == "charlist" else text

    def _words(self, node: Words, scope: Scope) -> Value:
        words = self.known(node.text, scope).split()
        if node.modifier == "a":
            return [atom(word) for word in words]
        return [[ord(character) for character in word] for word in words] if node.modifier == "c" else words

    def _name(self, node: Name, scope: Scope) -> Value:
        if node.name in scope.variables:
            value = scope.variables[node.name]
            if isinstance(value, Unknown):
                raise DynamicError(value.reason, node.line)
            return value
        if node.name == "__MODULE__":
            return Atom(f"Elixir.{scope.module.name}")
        if node.name == "__DIR__":
            return ProjectPath(self._folder)
        return self._call_by_name(Call(node.line, node.line, node.name, None, []), scope, is_variable=True)

    def _alias(self, node: Alias, scope: Scope) -> Value:
        return Atom(f"Elixir.{full_name(node.name, scope)}")

    def _attribute(self, node: Attribute, scope: Scope) -> Value:
        if node.value is not None:
            raise DynamicError("an attribute is set inside of a function", node.line)
        value = scope.attributes.get(node.name)
        if isinstance(value, Unknown):
            raise DynamicError(f"@{node.name} is not constant: {value.reason} (line {value.line})", node.line)
        return value

    def _list(self, node: ListOf, scope: Scope) -> Value:
        items = [self.known(item, scope) for item in node.items]
        return items + self.known(node.tail, scope) if node.tail else items

    def _tuple(self, node: TupleOf, scope: Scope) -> Value:
        return tuple([self.known(item, scope) for item in node.items])

    def _map(self, node: MapOf, scope: Scope) -> Value:
        if node.struct:
            raise DynamicError(f"the struct %{node.struct}{{}} is not evaluated here", node.line)
        base = self.known(node.base, scope) if node.base else Map({})
        if not isinstance(base, Map):
            raise DynamicError("an update of something that is no plain map is not evaluated here", node.line)
        pairs = dict(base.pairs)
        for key, value in node.pairs:
            name = self.known(key, scope)
            if isinstance(name, (list, Map)):
                raise DynamicError("this kind of key of a map is not evaluated here", node.line)
            pairs[name] = self.known(value, scope)
        return Map(pairs)

    def _bits(self, node: BitString, scope: Scope) -> Value:
        value, size = 0, 0
        for segment in node.segments:
            number = self.known(segment.value, scope)
            width = self.known(segment.size, scope) if segment.size else 8
            if not (is_integer(number) and is_integer(width) and 0 < width <= 4096):
                raise DynamicError("this kind of bit string is not evaluated here", node.line)
            value = (value << width) | (number & ((1 << width) - 1))
            size += width
        if size % 8:
            return Bits(value, size)
        try:
            return value.to_bytes(size // 8, "big").decode()
        except UnicodeDecodeError as error:
            raise DynamicError("a binary that is no text is not evaluated here", node.line) from error

    def _access(self, node: Access, scope: Scope) -> Value:
        subject, key = self.known(node.subject, scope), self.known(node.key, scope)
        try:
            return collections.get(subject, key)
        except TypeError as error:
            raise DynamicError("`[]` of something that is no map or keyword list", node.line) from error

    def _operation(self, node: Operation, scope: Scope) -> Value:
        operator, operands = node.operator, node.operands
        if operator == "=":
            return self._assign(node, scope)
        if operator in ("&&", "and", "||", "or"):
            left = self.known(operands[0], scope)
            decided = is_truthy(left) if operator in ("||", "or") else not is_truthy(left)
            return left if decided else self.known(operands[1], scope)
        if operator in ("|", "<-", "::", "->", "\\\\", "when", "^"):
            raise DynamicError(f"`{operator}` is not evaluated here", node.line)
        values = [self.known(operand, scope) for operand in operands]
        self.charge(values)
        return self.kept(operators.apply(operator, values, node.line), node.line)

    def _assign(self, node: Operation, scope: Scope) -> Value:
        value = self.evaluate(node.operands[1], scope)
        if not self._matches([node.operands[0]], [value], None, scope):
            raise DynamicError(f"the pattern does not match {inspect(value)[:60]}", node.line)
        return value

    def _matches(
        self, patterns: Sequence[Node], values: Sequence[Value], guard: Node | None, scope: Scope
    ) -> bool:
        """Whether all match and the guard holds; the scope then has what they bind."""
        bindings: dict[str, Value] = {}
        for pattern, value in zip(patterns, values, strict=True):
            if not match(pattern, value, bindings, lambda node: self.known(node, scope)):
                return False
        before = dict(scope.variables)
        scope.variables.update(bindings)
        if guard is not None and not is_truthy(self.known(guard, scope)):
            scope.variables.clear()
            scope.variables.update(before)
            return False
        return True

    def _block(self, node: Block, scope: Scope) -> Value:
        """The value of its last statement. Earlier ones that are not constant are noted and left behind."""
        value: Value = None
        last = len(node.statements) - 1
        for place, statement in enumerate(node.statements):
            try:
                value = self.evaluate(statement, scope)
            except DynamicError as stop:
                if self._all_or_nothing or place == last:
                    raise
                self.note(stop)
                forget(statement, stop, scope)
        return value

    def _clauses(self, node: Clauses, scope: Scope) -> Value:
        if not node.is_function:
            raise DynamicError("clauses without `case`, `cond` or `fn`", node.line)
        arity = len(node.clauses[0].patterns) if node.clauses else 0
        return Closure(arity, node.clauses, scope.inner(), line=node.line)

    def _capture(self, node: Capture, scope: Scope) -> Value:
        return capture_of(node, scope)

    def _apply_node(self, node: Apply, scope: Scope) -> Value:
        function = self.known(node.function, scope)
        arguments = [self.known(argument, scope) for argument in node.arguments]
        self.line = node.line
        return self.apply(function, arguments)

    def _unsupported(self, node: Unsupported, scope: Scope) -> Value:
        raise DynamicError(f"{node.what} is not evaluated here", node.line)


def forget(statement: Node, stop: DynamicError, scope: Scope) -> None:
    """What a statement would have bound is unknown from now on."""
    if isinstance(statement, Operation) and statement.operator == "=":
        for name in variables_of(statement.operands[0]):
            scope.variables[name] = Unknown(stop.reason, stop.line)
        forget(statement.operands[1], stop, scope)


_METHODS: dict[type, str] = {
    Literal: "_literal",
    Interpolated: "_interpolated",
    Words: "_words",
    Name: "_name",
    Alias: "_alias",
    Attribute: "_attribute",
    ListOf: "_list",
    TupleOf: "_tuple",
    MapOf: "_map",
    BitString: "_bits",
    Call: "_call",
    Operation: "_operation",
    Apply: "_apply_node",
    Access: "_access",
    Clauses: "_clauses",
    Capture: "_capture",
    Block: "_block",
    Unsupported: "_unsupported",
}
