"""Read ``config/*.exs``: what each application sets in production, as far as it is constant."""

from __future__ import annotations

import posixpath
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

from checks.ecto.project import Nothing, Project
from checks.elixir.evaluate import Evaluator
from checks.elixir.parse import SyntaxProblem, parse
from checks.elixir.scope import Module, Scope
from checks.elixir.stops import DynamicError, RaisedError, TooMuchError
from checks.elixir.syntax import Call, ListOf, Name, Node, TupleOf
from checks.elixir.values import Atom, Unknown, Value, atom, atom_name, is_atom

_ENVIRONMENTS = ("prod", "dev", "test")
_FILES = ("config/config.exs", "config/runtime.exs")
_MAX_FILES = 20
Options: TypeAlias = dict[str, Value]


@dataclass
class Configuration:
    """Application → key → what is set: a value, or the options of a keyword list."""

    applications: dict[str, dict[str, Value | Options]] = field(default_factory=dict)

    @property
    def knows_a_repo(self) -> bool:
        return any("ecto_repos" in keys for keys in self.applications.values())

    def options(self, module: str) -> Options:
        """What any application sets for this module."""
        for keys in self.applications.values():
            found = keys.get(f"Elixir.{module}")
            if isinstance(found, dict):
                return found
        return {}

    def get(self, application: str, key: str) -> Value | Options:
        return self.applications.get(application, {}).get(key)

    def lookup(self, application: str, key: Value) -> tuple[bool, Value]:
        """For ``Application.get_env``: ``key`` is an atom, or a list of atoms that leads into keyword lists."""
        keys = key if isinstance(key, list) else [key]
        found: Value | Options = self.applications.get(application, {})
        for name in keys:
            if not isinstance(found, dict) or not is_atom(name) or atom_name(name) not in found:
                return False, None
            found = found[atom_name(name)]
        if isinstance(found, dict):
            found = [(atom(name), value) for name, value in found.items()]
        return not _has_unknown(found), found


def read_configuration(project: Project) -> Configuration:
    """That of production; of another environment where production knows no repo, as in a library.

    Never raises: what cannot be read sets nothing.
    """
    read = (_read(project, environment) for environment in _ENVIRONMENTS)
    return next((found for found in read if found.knows_a_repo), Configuration())


def _read(project: Project, environment: str) -> Configuration:
    reader = _Reader(project, environment)
    for path in _FILES:
        reader.file(path)
    return reader.configuration


def _has_unknown(value: Value) -> bool:
    if isinstance(value, (list, tuple)):
        return any(map(_has_unknown, value))
    return isinstance(value, Unknown)


class _Reader(Nothing):
    """The functions of ``import Config``."""

    def __init__(self, project: Project, environment: str) -> None:
        super().__init__(project)
        self._environment = environment
        self.configuration = Configuration()
        self._folder = "config"
        self._files = 0
        self._evaluator = Evaluator(self, self._folder)

    def file(self, path: str) -> None:
        text = self._project.text(path)
        self._files += 1
        if text is None or self._files > _MAX_FILES:
            return
        scope = Scope(Module("config", 1), {}, {}, {})
        try:
            self._evaluator.evaluate(parse(text), scope)
        except (SyntaxProblem, DynamicError, RaisedError, TooMuchError, RecursionError):
            return  # what was set before it stays

    def macro(self, call: Call, scope: Scope) -> Callable[[Call, Scope], Value] | None:
        if call.name == "config" and len(call.arguments) in (2, 3):
            return self._set
        return self._import if call.name == "import_config" and len(call.arguments) == 1 else None

    def function(self, name: str, arity: int) -> Callable[[list[Value], Call | Name], Value] | None:
        return (
            (lambda arguments, place: Atom(self._environment)) if (name, arity) == ("config_env", 0) else None
        )

    def remote(self, receiver: Value, name: str, arguments: list[Value], line: int) -> Value:
        if receiver == Atom("Elixir.Mix") and name == "env":
            return Atom(self._environment)
        return super().remote(receiver, name, arguments, line)

    def _import(self, call: Call, scope: Scope) -> Value:
        self.file(posixpath.join(self._folder, self._evaluator.known(call.arguments[0], scope)))
        return None

    def _set(self, call: Call, scope: Scope) -> Value:
        application = self._evaluator.known(call.arguments[0], scope)
        keys = self.configuration.applications.setdefault(atom_name(application), {})
        *key, options = call.arguments[1:]
        if key:
            self._put(keys, self._evaluator.known(key[0], scope), options, scope)
            return None
        for pair in options.items if isinstance(options, ListOf) else []:
            if isinstance(pair, TupleOf):
                self._put(keys, self._evaluator.known(pair.items[0], scope), pair.items[1], scope)
        return None

    def _put(self, keys: dict[str, Value | Options], key: Value, node: Node, scope: Scope) -> None:
        if not is_atom(key):
            return
        name = atom_name(key)
        if not isinstance(node, ListOf) or not all(isinstance(pair, TupleOf) for pair in node.items):
            keys[name] = self._value(node, scope)
            return
        options = keys.get(name)
        merged = options if isinstance(options, dict) else {}
        for pair in node.items:
            if (
                isinstance(pair, TupleOf)
                and len(pair.items) == 2
                and is_atom(option := self._value(pair.items[0], scope))
            ):
                merged[atom_name(option)] = self._value(pair.items[1], scope)
        keys[name] = merged

    def _value(self, node: Node, scope: Scope) -> Value:
        """Each option for itself: a password from the environment takes nothing else with it."""
        try:
            return self._evaluator.whole(node, scope)
        except (DynamicError, RaisedError) as stop:
            return Unknown(f"{stop} in the configuration", 0)
