"""Evaluate a module's functions as far as everything they name is constant.

A statement that is not constant is noted with one sentence and its line, what it would have bound is unknown from
then on, and the next statement has its turn. Steps, sizes and depth are bounded: a file of strangers cannot keep
the evaluator busy.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Protocol

from checks.elixir import collections, enumerables, kernel, library, operators, strings
from checks.elixir.patterns import match, variables_of
from checks.elixir.scope import Closure, Module, Scope
from checks.elixir.show import inspect
from checks.elixir.special import SPECIAL
from checks.elixir.stops import DynamicError, TooMuchError
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

MAX_STEPS = 200_000
_MAX_CALLS = 60
_MAX_MADE = 20_000_000
_PER_STEP = 50
"""Characters or elements that are worked on in one step."""
_LIBRARY = (collections, enumerables, kernel, strings)
"""Imported for the functions that they register."""


class Host(Protocol):
    """What surrounds the file: the functions that ``use`` brings, and modules beyond the library."""

    def macro(self, call: Call, scope: Scope) -> Callable[[Call, Scope], Value] | None:
        """What handles a call whose arguments or block it evaluates itself."""
        ...

    def function(self, name: str, arity: int) -> Callable[[list[Value], Call | Name], Value] | None:
        """An imported function."""
        ...

    def remote(self, receiver: Value, name: str, arguments: list[Value], line: int) -> Value:
        """A function of a module that is not in the file. Raises DynamicError for those that nobody knows."""
        ...

    def module(self, name: str) -> Module | None:
        """A module of this file or of another one of the project."""
        ...

    def entered(self, module: Module, call: Call) -> None:
        """A function of this module is about to be called by its full name."""
        ...


class Evaluator:
    def __init__(self, host: Host, folder: str = "") -> None:
        self.line = 0
        self.notes: dict[tuple[int, str], DynamicError] = {}
        """What was not constant, in order; by line and reason."""
        self._host = host
        self._folder = folder
        self._steps = 0
        self._made = 0
        self._calls = 0
        self._all_or_nothing = 0

    # ── Entry points ───────────────────────────────────────────────────────────────────────────────

    def run(self, module: Module, name: str) -> Value:
        """Call ``name/0``. Raises RaisedError, DynamicError and TooMuchError."""
        try:
            return self.call_function(module, name, [], self._line_of(module, name))
        except RecursionError as error:
            raise TooMuchError("the code is nested too deeply", self.line) from error

    def note(self, stop: DynamicError) -> None:
        self.notes.setdefault((stop.line or self.line, stop.reason), stop)

    def whole(self, node: Node, scope: Scope) -> Value:
        """Evaluate something of which a part alone is worth nothing: what is not constant stops all of it."""
        self._all_or_nothing += 1
        try:
            return self.evaluate(node, scope)
        finally:
            self._all_or_nothing -= 1

    def _line_of(self, module: Module, name: str) -> int:
        return next((clause.line for clause in module.functions.get(name, ())), module.line)

    def _charge(self, values: Sequence[Value]) -> None:
        """Large values take more than one step to work on."""
        self._steps += sum(len(value) // _PER_STEP for value in values if isinstance(value, (str, list)))

    def _kept(self, value: Value, line: int) -> Value:
        """A new value, within what all of them together may take."""
        self._made += len(value) if isinstance(value, (str, list)) else 0
        if self._made > _MAX_MADE:
            raise TooMuchError(f"its values take more than {_MAX_MADE:,} characters and elements", line)
        return operators.bounded(value, line)

    # ── Expressions ────────────────────────────────────────────────────────────────────────────────

    def evaluate(self, node: Node, scope: Scope) -> Value:
        self._steps += 1
        if self._steps > MAX_STEPS:
            raise TooMuchError(f"more than {MAX_STEPS:,} steps of evaluation", node.line)
        return _EVALUATORS[type(node)](self, node, scope)

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
        text = self._kept("".join(pieces), node.line)
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
        self._charge(values)
        return self._kept(operators.apply(operator, values, node.line), node.line)

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
        body = node.body
        if isinstance(body, Operation) and body.operator == "/" and isinstance(body.operands[1], Literal):
            named, arity = body.operands[0], body.operands[1].value
            if isinstance(named, Name):
                return Closure(arity, [], scope, named=(None, named.name), line=node.line)
            if isinstance(named, Call) and isinstance(named.receiver, Alias) and not named.arguments:
                module = full_name(named.receiver.name, scope)
                return Closure(arity, [], scope, named=(module, named.name), line=node.line)
        return Closure(_places(body), [], scope.inner(), capture=body, line=node.line)

    def _apply_node(self, node: Apply, scope: Scope) -> Value:
        function = self.known(node.function, scope)
        arguments = [self.known(argument, scope) for argument in node.arguments]
        self.line = node.line
        return self.apply(function, arguments)

    def _unsupported(self, node: Unsupported, scope: Scope) -> Value:
        raise DynamicError(f"{node.what} is not evaluated here", node.line)

    # ── Functions ──────────────────────────────────────────────────────────────────────────────────

    def apply(self, function: Value, arguments: list[Value]) -> Value:
        if not isinstance(function, Closure) or function.arity != len(arguments):
            raise DynamicError(
                f"{inspect(function)[:60]} is called with {len(arguments)} arguments", self.line
            )
        with _Depth(self):
            if function.named:
                return self._apply_named(function, arguments)
            scope = function.scope.inner()
            if function.capture is not None:
                scope.variables.update({f"&{place}": value for place, value in enumerate(arguments, start=1)})
                return self.evaluate(function.capture, scope)
            return self.choose(function.clauses, arguments, scope, function.line)

    def each(self, function: Value, items: list[Value]) -> list[Value]:
        return [self._item(partial(self.apply, function, [item])) for item in items]

    def round(self, body: Node, scope: Scope) -> Value:
        return self._item(partial(self.evaluate, body, scope))

    def _item(self, evaluate: Callable[[], Value]) -> Value:
        """One round of a loop; one that is not constant does not end the loop."""
        try:
            return evaluate()
        except DynamicError as stop:
            if self._all_or_nothing:
                raise
            self.note(stop)
            return Unknown(stop.reason, stop.line or self.line)

    def _apply_named(self, function: Closure, arguments: list[Value]) -> Value:
        module, name = function.named or (None, "")
        nodes: list[Node] = [Literal(function.line, argument) for argument in arguments]
        receiver = Alias(function.line, module) if module else None
        return self._call(Call(function.line, function.line, name, receiver, nodes), function.scope)

    def choose(self, clauses: Sequence[Clause], values: Sequence[Value], scope: Scope, line: int) -> Value:
        """The body of the first clause that matches."""
        for clause in clauses:
            inner = scope.inner()
            if len(clause.patterns) == len(values) and self._matches(
                clause.patterns, values, clause.guard, inner
            ):
                return self.evaluate(clause.body, inner)
        shown = ", ".join(inspect(value) for value in values)
        raise DynamicError(f"no clause matches {shown[:60]}", line)

    def call_function(self, module: Module, name: str, arguments: list[Value], line: int) -> Value:
        """A function that one of the modules at hand defines."""
        with _Depth(self):
            filled = self._with_defaults(module, name, arguments)
            for clause in module.functions.get(name, ()):
                if clause.body is None or len(clause.parameters) != len(filled):
                    continue
                scope = Scope(module, {}, clause.attributes, clause.aliases)
                if self._matches(clause.parameters, filled, clause.guard, scope):
                    return self.evaluate(clause.body, scope)
        raise DynamicError(f"no clause of `{name}/{len(arguments)}` matches", line)

    def _with_defaults(self, module: Module, name: str, arguments: list[Value]) -> list[Value]:
        """The arguments, and what the function's head says for those that are left out."""
        for clause in module.functions.get(name, ()):
            missing = len(clause.parameters) - len(arguments)
            if 0 < missing <= len(clause.defaults):
                left_out = list(clause.defaults)[len(clause.defaults) - missing :]
                scope = Scope(module, {}, clause.attributes, clause.aliases)
                given = iter(arguments)
                return [
                    self.known(clause.defaults[place], scope) if place in left_out else next(given)
                    for place in range(len(clause.parameters))
                ]
        return arguments

    def _call(self, node: Call, scope: Scope) -> Value:
        self.line = node.line
        return self._call_by_name(node, scope) if node.receiver is None else self._call_remote(node, scope)

    def _call_by_name(self, node: Call, scope: Scope, *, is_variable: bool = False) -> Value:
        name, arity = node.name, len(node.arguments)
        special = SPECIAL.get(name)
        if special is not None:
            return special(self, node, scope)
        if scope.module.defines(name, arity):
            return self.call_function(scope.module, name, self._arguments(node, scope), node.line)
        macro = self._host.macro(node, scope)
        if macro is not None:
            return macro(node, scope)
        function = self._host.function(name, arity)
        if function is not None:
            arguments = self._arguments(node, scope)
            self.line = node.line
            return function(arguments, node)
        if native := library.find("Kernel", name, arity):
            return self._native(native, name, self._arguments(node, scope), node.line)
        for imported in scope.module.imports:
            module = self._host.module(imported)
            if module is not None and module.defines(name, arity):
                return self.call_function(module, name, self._arguments(node, scope), node.line)
        if is_variable:
            raise DynamicError(f"`{name}` is neither a variable nor a function of this file", node.line)
        if name in scope.module.macros:
            raise DynamicError(f"`{name}` is a macro, and macros are not expanded here", node.line)
        raise DynamicError(f"`{name}/{arity}` is not a function of this file", node.line)

    def _arguments(self, node: Call, scope: Scope) -> list[Value]:
        """Rows of a query that go into a call may decide on anything that it does."""
        try:
            return [self.known(argument, scope) for argument in node.arguments]
        except DynamicError as stop:
            raise DynamicError(stop.reason, stop.line) from stop

    def _call_remote(self, node: Call, scope: Scope) -> Value:
        assert node.receiver is not None
        receiver = self.known(node.receiver, scope)
        module = receiver.name if isinstance(receiver, Atom) else ""
        name = module.removeprefix("Elixir.")
        if name in kernel.SILENT:
            return Atom("ok")
        if name == "Ecto.Migration":
            return self._call_by_name(
                Call(node.line, node.end_line, node.name, None, node.arguments, node.blocks), scope
            )
        native = library.find(name, node.name, len(node.arguments))
        if native is not None:
            return self._native(native, f"{name}.{node.name}", self._arguments(node, scope), node.line)
        if isinstance(receiver, Map) and not node.arguments:
            return collections.fetch_strictly(self, receiver, Atom(node.name))
        local = scope.module if name == scope.module.name else self._host.module(name) if name else None
        if local is not None and local.defines(node.name, len(node.arguments)):
            self._host.entered(local, node)
            return self.call_function(local, node.name, self._arguments(node, scope), node.line)
        return self._host.remote(receiver, node.name, self._lenient(node, scope), node.line)

    def _lenient(self, node: Call, scope: Scope) -> list[Value]:
        """Arguments of a function that is probably not known: then it is the function that there is to say."""
        values = []
        for argument in node.arguments:
            try:
                values.append(self.evaluate(argument, scope))
            except DynamicError as stop:
                values.append(Unknown(stop.reason, stop.line))
        return values

    def _native(self, function: Callable[..., Value], name: str, arguments: list[Value], line: int) -> Value:
        self.line = line
        self._charge(arguments)
        try:
            return self._kept(function(self, *arguments), line)
        except (TypeError, ValueError, AttributeError, IndexError, ZeroDivisionError, OverflowError) as error:
            raise DynamicError(f"`{name}` is not evaluated for these arguments", line) from error


class _Depth:
    """Calls inside of calls, up to a limit."""

    def __init__(self, evaluator: Evaluator) -> None:
        self._evaluator = evaluator

    def __enter__(self) -> None:
        self._evaluator._calls += 1
        if self._evaluator._calls > _MAX_CALLS:
            raise TooMuchError(
                f"functions call each other more than {_MAX_CALLS} levels deep", self._evaluator.line
            )

    def __exit__(self, *_: object) -> None:
        self._evaluator._calls -= 1


def full_name(name: str, scope: Scope) -> str:
    """The module that an alias stands for."""
    first, dot, rest = name.partition(".")
    if first == "__MODULE__":
        return f"{scope.module.name}{dot}{rest}"
    return f"{scope.aliases.get(first, first)}{dot}{rest}"


def forget(statement: Node, stop: DynamicError, scope: Scope) -> None:
    """What a statement would have bound is unknown from now on."""
    if isinstance(statement, Operation) and statement.operator == "=":
        for name in variables_of(statement.operands[0]):
            scope.variables[name] = Unknown(stop.reason, stop.line)
        forget(statement.operands[1], stop, scope)


def _places(node: Node) -> int:
    """The highest ``&1`` in the body of a capture."""
    match node:
        case Name():
            return int(node.name[1:]) if node.name[:1] == "&" and node.name[1:].isdigit() else 0
        case Interpolated():
            inner: list[Node] = [part for part in node.parts if not isinstance(part, str)]
        case ListOf() | TupleOf():
            inner = list(node.items)
        case Call():
            inner = [*node.arguments, *([node.receiver] if node.receiver else []), *node.blocks.values()]
        case Operation():
            inner = node.operands
        case Apply():
            inner = [node.function, *node.arguments]
        case Access():
            inner = [node.subject, node.key]
        case MapOf():
            inner = [part for pair in node.pairs for part in pair]
        case Words():
            inner = [node.text]
        case _:
            inner = []
    return max(map(_places, inner), default=0)


_EVALUATORS: dict[type, Callable[..., Value]] = {
    Literal: Evaluator._literal,
    Interpolated: Evaluator._interpolated,
    Words: Evaluator._words,
    Name: Evaluator._name,
    Alias: Evaluator._alias,
    Attribute: Evaluator._attribute,
    ListOf: Evaluator._list,
    TupleOf: Evaluator._tuple,
    MapOf: Evaluator._map,
    BitString: Evaluator._bits,
    Call: Evaluator._call,
    Operation: Evaluator._operation,
    Apply: Evaluator._apply_node,
    Access: Evaluator._access,
    Clauses: Evaluator._clauses,
    Capture: Evaluator._capture,
    Block: Evaluator._block,
    Unsupported: Evaluator._unsupported,
}
