"""The files beside a migration that it may name: SQL to execute, and modules with helper functions."""

from __future__ import annotations

import posixpath
from collections.abc import Callable

from checks.elixir.evaluate import Evaluator
from checks.elixir.modules import read_modules
from checks.elixir.parse import SyntaxProblem, parse
from checks.elixir.scope import Module, Scope
from checks.elixir.stops import DynamicError, TooMuchError
from checks.elixir.strings import underscore
from checks.elixir.syntax import Call, Name
from checks.elixir.values import Value

Lookup = Callable[[str, Value], tuple[bool, Value]]
"""An application and a key → whether the configuration sets it to a constant, and the constant."""
Read = Callable[[str], str | None]
"""A path relative to the folder of mix.exs → the file's text; None when there is none."""


class Project:
    """``folder``: where the migration is, relative to the folder of mix.exs."""

    def __init__(
        self,
        folder: str = "",
        read: Read = lambda path: None,
        environment: Lookup = lambda application, key: (False, None),
    ) -> None:
        self.folder = folder
        self.environment = environment
        self._read = read
        self._modules: dict[str, Module | None] = {}

    def text(self, path: str) -> str | None:
        """Of a file that ``File.read!`` would find, started where mix.exs is."""
        path = posixpath.normpath(path)
        return None if path.startswith(("/", "..")) else self._read(path)

    def module(self, name: str) -> Module | None:
        """A module of ``lib``, where its name says that it is."""
        if name not in self._modules:
            self._modules[name] = None
            self._modules[name] = self._find(name)
        return self._modules[name]

    def _find(self, name: str) -> Module | None:
        text = self.text(f"lib/{underscore(Nobody(), name)}.ex")
        if text is None:
            return None
        try:
            modules = read_modules(parse(text), Evaluator(Nothing(self)))
        except (SyntaxProblem, TooMuchError):
            return None
        return next((module for module in modules if module.name == name), None)


class Nobody:
    line = 0

    def apply(self, function: Value, arguments: list[Value]) -> Value:
        raise TypeError

    def each(self, function: Value, items: list[Value]) -> list[Value]:
        raise TypeError


class Nothing:
    """Around the attributes of a module of ``lib``: no function but the library's."""

    def __init__(self, project: Project) -> None:
        self._project = project

    def macro(self, call: Call, scope: Scope) -> Callable[[Call, Scope], Value] | None:
        return None

    def function(self, name: str, arity: int) -> Callable[[list[Value], Call | Name], Value] | None:
        return None

    def module(self, name: str) -> Module | None:
        return self._project.module(name)

    def entered(self, module: Module, call: Call) -> None:
        """Nothing is to be said of it."""

    def repeated(self, query: Call, scope: Scope) -> bool:
        return False

    def remote(self, receiver: Value, name: str, arguments: list[Value], line: int) -> Value:
        raise DynamicError(f"`{name}` is code that is not in this file", line)
