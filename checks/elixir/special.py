"""``if``, ``case``, ``for`` and the other forms that evaluate their parts themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Protocol

from checks.elixir.enumerables import collect, items_of
from checks.elixir.library import Applies
from checks.elixir.patterns import match
from checks.elixir.scope import Scope
from checks.elixir.show import inspect
from checks.elixir.stops import DynamicError
from checks.elixir.syntax import Alias, Call, Clause, Clauses, ListOf, Literal, Node, Operation, TupleOf
from checks.elixir.values import Atom, Value, is_truthy

_NOTHING = Literal(0, None)


class Evaluates(Applies, Protocol):
    """What these forms ask of the evaluator."""

    def evaluate(self, node: Node, scope: Scope) -> Value: ...

    def known(self, node: Node, scope: Scope) -> Value:
        """The value. Raises DynamicError when it is not constant."""
        ...

    def round(self, body: Node, scope: Scope) -> Value:
        """One round of a loop; one that is not constant does not end the loop."""
        ...

    def choose(self, clauses: Sequence[Clause], values: Sequence[Value], scope: Scope, line: int) -> Value:
        """The body of the first clause that matches."""
        ...


def _if(ev: Evaluates, node: Call, scope: Scope) -> Value:
    return _branch(ev, node, scope, "do", "else")


def _unless(ev: Evaluates, node: Call, scope: Scope) -> Value:
    return _branch(ev, node, scope, "else", "do")


def _branch(ev: Evaluates, node: Call, scope: Scope, when_true: str, when_false: str) -> Value:
    scope = scope.inner()
    taken = when_true if is_truthy(ev.known(node.arguments[0], scope)) else when_false
    return ev.evaluate(node.blocks.get(taken, _NOTHING), scope)


def _case(ev: Evaluates, node: Call, scope: Scope) -> Value:
    clauses = node.blocks.get("do")
    if not isinstance(clauses, Clauses) or len(node.arguments) != 1:
        raise DynamicError("this form of `case` is not evaluated here", node.line)
    value = ev.known(node.arguments[0], scope)
    return ev.choose(clauses.clauses, [value], scope, node.line)


def _cond(ev: Evaluates, node: Call, scope: Scope) -> Value:
    clauses = node.blocks.get("do")
    if not isinstance(clauses, Clauses):
        raise DynamicError("this form of `cond` is not evaluated here", node.line)
    for clause in clauses.clauses:
        inner = scope.inner()
        if is_truthy(ev.known(clause.patterns[0], inner)):
            return ev.evaluate(clause.body, inner)
    raise DynamicError("no condition of `cond` holds", node.line)


def _for(ev: Evaluates, node: Call, scope: Scope) -> Value:
    *steps, last = node.arguments
    options: dict[str, Node] = {}
    if isinstance(last, ListOf) and steps:
        options = {_option(item): item.items[1] for item in last.items if isinstance(item, TupleOf)}
    else:
        steps.append(last)
    body = node.blocks.get("do")
    if body is None or isinstance(body, Clauses) or not options.keys() <= {"into", "uniq"}:
        raise DynamicError("this form of `for` is not evaluated here", node.line)
    found = [ev.round(body, inner) for inner in _rounds(ev, steps, scope)]
    try:
        return collect(found, ev.known(options["into"], scope)) if "into" in options else found
    except TypeError as error:
        raise DynamicError("`into:` something that is no list, map or string", node.line) from error


def _option(pair: TupleOf) -> str:
    key = pair.items[0]
    return key.value.name if isinstance(key, Literal) and isinstance(key.value, Atom) else ""


def _rounds(ev: Evaluates, steps: list[Node], scope: Scope) -> Iterator[Scope]:
    """A scope per combination of the generators that passes the filters."""
    if not steps:
        yield scope
        return
    step, rest = steps[0], steps[1:]
    if not (isinstance(step, Operation) and step.operator == "<-"):
        inner = scope.inner()
        if is_truthy(ev.known(step, inner)):
            yield from _rounds(ev, rest, inner)
        return
    for item in _items(ev, step, scope):
        inner = scope.inner()
        bindings: dict[str, Value] = {}
        if match(step.operands[0], item, bindings, partial(_known, ev, inner)):
            inner.variables.update(bindings)
            yield from _rounds(ev, rest, inner)


def _known(ev: Evaluates, scope: Scope, node: Node) -> Value:
    return ev.known(node, scope)


def _items(ev: Evaluates, generator: Operation, scope: Scope) -> list[Value]:
    value = ev.known(generator.operands[1], scope)
    ev.line = generator.line
    try:
        return items_of(ev, value)
    except TypeError as error:
        raise DynamicError(
            f"`for` over {inspect(value)[:60]} is not evaluated here", generator.line
        ) from error


def _with(ev: Evaluates, node: Call, scope: Scope) -> Value:
    scope = scope.inner()
    for step in node.arguments:
        if not (isinstance(step, Operation) and step.operator == "<-"):
            ev.evaluate(step, scope)
            continue
        value = ev.known(step.operands[1], scope)
        bindings: dict[str, Value] = {}
        if not match(step.operands[0], value, bindings, lambda part: ev.known(part, scope)):
            otherwise = node.blocks.get("else")
            if not isinstance(otherwise, Clauses):
                return value
            return ev.choose(otherwise.clauses, [value], scope, node.line)
        scope.variables.update(bindings)
    return ev.evaluate(node.blocks.get("do", _NOTHING), scope)


def _matches(ev: Evaluates, node: Call, scope: Scope) -> Value:
    """``match?(pattern, value)``"""
    inner = scope.inner()
    value = ev.known(node.arguments[1], inner)
    return match(node.arguments[0], value, {}, partial(_known, ev, inner))


def _alias(ev: Evaluates, node: Call, scope: Scope) -> Value:
    scope.aliases = {**scope.aliases, **aliases_of(node, scope.aliases)}
    return None


def aliases_of(node: Call, known: dict[str, str]) -> dict[str, str]:
    """Short name → module, for ``alias A.B``, ``alias A.{B, C}`` and ``alias A, as: B``."""
    target, options = node.arguments[0], node.arguments[1:]
    targets = target.items if isinstance(target, TupleOf) else [target]
    found: dict[str, str] = {}
    for one in targets:
        if isinstance(one, Alias):
            first, dot, rest = one.name.partition(".")
            name = f"{known.get(first, first)}{dot}{rest}"
            found[_short(name, options)] = name
    return found


def _short(name: str, options: list[Node]) -> str:
    for option in options[:1]:
        pairs = option.items if isinstance(option, ListOf) else []
        for pair in pairs:
            if isinstance(pair, TupleOf) and _option(pair) == "as" and isinstance(pair.items[1], Alias):
                return pair.items[1].name
    return name.rpartition(".")[2]


def _import(ev: Evaluates, node: Call, scope: Scope) -> Value:
    """``import`` and ``require``: the functions that come are looked for by name."""
    return None


def _refused(what: str) -> Callable[[Evaluates, Call, Scope], Value]:
    def refuse(ev: Evaluates, node: Call, scope: Scope) -> Value:
        raise DynamicError(what, node.line)

    return refuse


SPECIAL: dict[str, Callable[[Evaluates, Call, Scope], Value]] = {
    "if": _if,
    "unless": _unless,
    "case": _case,
    "cond": _cond,
    "for": _for,
    "with": _with,
    "match?": _matches,
    "alias": _alias,
    "import": _import,
    "require": _import,
    "try": _refused("what `try` does depends on what fails when it runs"),
    "receive": _refused("`receive` waits for messages of a running system"),
    "quote": _refused("`quote` makes code, and macros are not expanded here"),
    "unquote": _refused("`unquote` belongs to a macro, and macros are not expanded here"),
    "super": _refused("`super` calls what a macro has defined"),
    "throw": _refused("`throw` leaves the code in a way that is not followed here"),
    "exit": _refused("`exit` ends the process"),
    "defmodule": _refused("a module that is defined inside of a function is not read"),
}
