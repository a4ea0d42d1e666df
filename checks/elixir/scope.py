"""Where names mean something: modules, functions, scopes, closures."""

from __future__ import annotations

from dataclasses import dataclass, field

from checks.elixir.syntax import Clause, Node
from checks.elixir.values import Value


@dataclass(slots=True)
class FunctionClause:
    """One ``def`` or ``defp``."""

    line: int
    parameters: list[Node]
    """Without their defaults."""
    guard: Node | None
    body: Node | None
    """None for a head without a body."""
    defaults: dict[int, Node]
    """Place of a parameter → what it is when the caller leaves it out."""
    attributes: dict[str, Value]
    """As they were where the function was written."""
    aliases: dict[str, str]


@dataclass(slots=True)
class Module:
    """A ``defmodule``, read but not run."""

    name: str
    line: int
    functions: dict[str, list[FunctionClause]] = field(default_factory=dict)
    macros: set[str] = field(default_factory=set)
    attributes: dict[str, Value] = field(default_factory=dict)
    """As they are at its end."""
    imports: list[str] = field(default_factory=list)
    uses: list[tuple[str, int]] = field(default_factory=list)
    """Modules that are used, each with its line."""
    unread: list[tuple[str, int]] = field(default_factory=list)
    """What stands in its body and was not understood, each with its line."""

    def defines(self, name: str, arity: int) -> bool:
        return any(
            len(clause.parameters) - len(clause.defaults) <= arity <= len(clause.parameters)
            for clause in self.functions.get(name, ())
        )


@dataclass(slots=True)
class Scope:
    """The variables that can be seen here."""

    module: Module
    variables: dict[str, Value]
    attributes: dict[str, Value]
    aliases: dict[str, str]

    def inner(self) -> Scope:
        """A block of its own: what is bound in it ends with it."""
        return Scope(self.module, dict(self.variables), self.attributes, self.aliases)


@dataclass(slots=True, eq=False)
class Closure:
    """``fn``, ``&…`` and ``&name/1``"""

    arity: int
    clauses: list[Clause]
    scope: Scope
    capture: Node | None = None
    """The body of ``&``, with ``&1`` in it."""
    named: tuple[str | None, str] | None = None
    """Module (None: this one) and name of ``&Module.name/1``."""
    line: int = 0


def full_name(name: str, scope: Scope) -> str:
    """The module that an alias stands for."""
    first, dot, rest = name.partition(".")
    if first == "__MODULE__":
        return f"{scope.module.name}{dot}{rest}"
    return f"{scope.aliases.get(first, first)}{dot}{rest}"
