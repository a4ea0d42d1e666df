"""Evaluate a module's functions: whose function a call means, and what it is given."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Protocol

from checks.elixir import collections, enumerables, kernel, library, strings
from checks.elixir.expressions import Expressions
from checks.elixir.loops import repeated_query
from checks.elixir.scope import Closure, Module, Scope
from checks.elixir.show import inspect
from checks.elixir.special import SPECIAL
from checks.elixir.stops import DynamicError, TooMuchError
from checks.elixir.syntax import Alias, Call, Clause, Literal, Name, Node
from checks.elixir.values import Atom, Map, Unknown, Value

_OF_ANOTHER_KIND = (
    AttributeError,
    IndexError,
    KeyError,
    OverflowError,
    TypeError,
    ValueError,
    ZeroDivisionError,
)
"""What Python raises when a stranger's program hands a value of one kind to a function for another."""
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

    def repeated(self, query: Call, scope: Scope) -> bool:
        """Send a query until it touches no row; False when that is not known to come to the same."""
        ...


class Evaluator(Expressions):
    def __init__(self, host: Host, folder: str = "") -> None:
        super().__init__(folder)
        self._host = host

    def run(self, module: Module, name: str) -> Value:
        """Call ``name/0``. Raises RaisedError, DynamicError and TooMuchError."""
        try:
            return self.call_function(module, name, [], self._line_of(module, name))
        except RecursionError as error:
            raise TooMuchError("the code is nested too deeply", self.line) from error

    def _line_of(self, module: Module, name: str) -> int:
        return next((clause.line for clause in module.functions.get(name, ())), module.line)

    def apply(self, function: Value, arguments: list[Value]) -> Value:
        if not isinstance(function, Closure) or function.arity != len(arguments):
            raise DynamicError(
                f"{inspect(function)[:60]} is called with {len(arguments)} arguments", self.line
            )
        with self.deeper():
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
        with self.deeper():
            if self._is_repeated(module, name):
                return Atom("ok")
            filled = self._with_defaults(module, name, arguments)
            for clause in module.functions.get(name, ()):
                if clause.body is None or len(clause.parameters) != len(filled):
                    continue
                scope = Scope(module, {}, clause.attributes, clause.aliases)
                if self._matches(clause.parameters, filled, clause.guard, scope):
                    return self.evaluate(clause.body, scope)
        raise DynamicError(f"no clause of `{name}/{len(arguments)}` matches", line)

    def _is_repeated(self, module: Module, name: str) -> bool:
        """Whether the function is a query that is repeated, and was sent as such."""
        clauses = module.functions.get(name, [])
        query = repeated_query(name, clauses)
        if query is None:
            return False
        return self._host.repeated(query, Scope(module, {}, clauses[0].attributes, clauses[0].aliases))

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
            return self._checked(special, name, self, node, scope)
        if scope.module.defines(name, arity):
            return self.call_function(scope.module, name, self._arguments(node, scope), node.line)
        macro = self._host.macro(node, scope)
        if macro is not None:
            return self._checked(macro, name, node, scope)
        function = self._host.function(name, arity)
        if function is not None:
            arguments = self._arguments(node, scope)
            self.line = node.line
            return self._checked(function, name, arguments, node)
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

    def _checked(self, function: Callable[..., Value], name: str, *given: object) -> Value:
        """What values of another kind than it expects make of it, nobody knows here."""
        try:
            return function(*given)
        except _OF_ANOTHER_KIND as error:
            raise DynamicError(f"`{name}` is not evaluated for these arguments", self.line) from error

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
        if kernel.is_said(name, node.name):
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
        self.charge(arguments)
        try:
            return self.kept(function(self, *arguments), line)
        except _OF_ANOTHER_KIND as error:
            raise DynamicError(f"`{name}` is not evaluated for these arguments", line) from error
