"""The functions of Elixir's own modules that migrations use, found by module and name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from inspect import Parameter, signature
from typing import Protocol, TypeVar

from checks.elixir.values import Value


class Applies(Protocol):
    """What a function of the library may ask of the evaluator."""

    line: int

    def apply(self, function: Value, arguments: list[Value]) -> Value: ...

    def each(self, function: Value, items: list[Value]) -> list[Value]:
        """Apply to every item; what is not constant for one of them does not keep the others from their turn."""
        ...


@dataclass(frozen=True, slots=True)
class Native:
    function: Callable[..., Value]
    least: int
    most: int


F = TypeVar("F", bound=Callable[..., Value])
_KNOWN: dict[tuple[str, str], Native] = {}


def native(module: str, *names: str) -> Callable[[F], F]:
    """Register a function under these names; its first parameter is the evaluator."""

    def register(function: F) -> F:
        parameters = list(signature(function).parameters.values())[1:]
        required = sum(parameter.default is Parameter.empty for parameter in parameters)
        for name in names:
            _KNOWN[module, name] = Native(function, required, len(parameters))
        return function

    return register


def find(module: str, name: str, arity: int) -> Callable[..., Value] | None:
    known = _KNOWN.get((module, name))
    return known.function if known and known.least <= arity <= known.most else None
