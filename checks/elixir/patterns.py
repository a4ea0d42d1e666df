"""Match a value against a pattern, and bind what the pattern names."""

from __future__ import annotations

from collections.abc import Callable

from checks.elixir.stops import DynamicError
from checks.elixir.syntax import (
    Alias,
    Attribute,
    ListOf,
    Literal,
    MapOf,
    Name,
    Node,
    Operation,
    TupleOf,
)
from checks.elixir.values import Map, Range, Unknown, Value, is_equal

Evaluate = Callable[[Node], Value]


def match(pattern: Node, value: Value, bindings: dict[str, Value], evaluate: Evaluate) -> bool:
    """Whether they match; ``bindings`` then has the variables. ``evaluate`` is for pins and constants.

    Raises DynamicError for a value that is not known, and for patterns that are not evaluated here.
    """
    if isinstance(pattern, Name):
        if pattern.name == "__MODULE__":
            return is_equal(evaluate(pattern), value)
        return _bind(pattern.name, value, bindings)
    if isinstance(value, Unknown):
        raise DynamicError(value.reason, value.line)
    match pattern:
        case Literal() | Alias() | Attribute():
            return is_equal(evaluate(pattern), value, strictly=True)
        case TupleOf():
            return (
                isinstance(value, tuple)
                and len(value) == len(pattern.items)
                and _all(pattern.items, value, bindings, evaluate)
            )
        case ListOf():
            return isinstance(value, list) and _list(pattern, value, bindings, evaluate)
        case MapOf():
            return _map(pattern, value, bindings, evaluate)
        case Operation(operator="="):
            return _all(pattern.operands, (value, value), bindings, evaluate)
        case Operation(operator="^" | "-"):
            return is_equal(evaluate(_pinned(pattern)), value, strictly=True)
        case Operation(operator=".." | "..//"):
            return isinstance(value, Range) and _all(
                pattern.operands,
                (value.first, value.last, value.step)[: len(pattern.operands)],
                bindings,
                evaluate,
            )
        case Operation(operator="<>"):
            return _prefix(pattern, value, bindings, evaluate)
        case _:
            raise DynamicError("this kind of pattern is not evaluated here", pattern.line)


def _pinned(pattern: Operation) -> Node:
    return pattern.operands[0] if pattern.operator == "^" else pattern


def _bind(name: str, value: Value, bindings: dict[str, Value]) -> bool:
    if name.startswith("_") and name == "_":
        return True
    if name in bindings and not isinstance(value, Unknown):
        return is_equal(bindings[name], value, strictly=True)
    bindings[name] = value
    return True


def _all(
    patterns: list[Node], values: tuple[Value, ...], bindings: dict[str, Value], evaluate: Evaluate
) -> bool:
    return all(
        match(pattern, value, bindings, evaluate) for pattern, value in zip(patterns, values, strict=True)
    )


def _list(pattern: ListOf, value: list[Value], bindings: dict[str, Value], evaluate: Evaluate) -> bool:
    count = len(pattern.items)
    if len(value) < count or (pattern.tail is None and len(value) != count):
        return False
    if not _all(pattern.items, tuple(value[:count]), bindings, evaluate):
        return False
    return pattern.tail is None or match(pattern.tail, value[count:], bindings, evaluate)


def _map(pattern: MapOf, value: Value, bindings: dict[str, Value], evaluate: Evaluate) -> bool:
    if pattern.struct or not isinstance(value, Map):
        raise DynamicError("this kind of pattern is not evaluated here", pattern.line)
    for key, inner in pattern.pairs:
        name = evaluate(key)
        if name not in value.pairs or not match(inner, value.pairs[name], bindings, evaluate):
            return False
    return True


def _prefix(pattern: Operation, value: Value, bindings: dict[str, Value], evaluate: Evaluate) -> bool:
    prefix = evaluate(pattern.operands[0])
    if not isinstance(value, str) or not isinstance(prefix, str) or not value.startswith(prefix):
        return False
    return match(pattern.operands[1], value[len(prefix) :], bindings, evaluate)


def variables_of(pattern: Node) -> list[str]:
    """The names that a pattern binds."""
    match pattern:
        case Name():
            return [pattern.name]
        case TupleOf() | ListOf():
            items = [
                *pattern.items,
                *([pattern.tail] if isinstance(pattern, ListOf) and pattern.tail else []),
            ]
            return [name for item in items for name in variables_of(item)]
        case MapOf():
            return [name for _, inner in pattern.pairs for name in variables_of(inner)]
        case Operation(operator="=" | "<>" | "|" | ".." | "..//"):
            return [name for operand in pattern.operands for name in variables_of(operand)]
        case _:
            return []
