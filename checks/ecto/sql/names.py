"""Quoted names and literals, and the words that end a command."""

from __future__ import annotations

from collections.abc import Iterable

from checks.elixir.show import inspect
from checks.elixir.stops import DynamicError, RaisedError
from checks.elixir.values import Atom, Value, atom_name, is_atom


def quoted(name: Value) -> str:
    """A name in double quotes; one that has a double quote in it is refused."""
    text = text_of(name)
    if '"' in text:
        message = f'bad literal/field/index/table name {inspect(text)} (" is not permitted)'
        raise RaisedError("ArgumentError", message)
    return f'"{text}"'


def text_of(name: Value) -> str:
    """An atom's name, or a string as it is. Raises DynamicError for anything else."""
    if is_atom(name):
        return atom_name(name)
    if isinstance(name, str):
        return name
    raise DynamicError(f"{inspect(name)[:60]} stands where a name is expected", 0)


def qualified(prefix: Value, name: Value) -> str:
    return quoted(name) if prefix is None else f"{quoted(prefix)}.{quoted(name)}"


def quoted_list(names: Iterable[Value]) -> str:
    """Columns of keys, without a blank between them."""
    return ",".join(quoted(name) for name in names)


def literal(text: Value) -> str:
    if not isinstance(text, str):
        raise DynamicError(f"{inspect(text)[:60]} stands where a string is expected", 0)
    return "'" + text.replace("'", "''") + "'"


def drop_mode(mode: Value) -> str:
    if mode == Atom("cascade"):
        return " CASCADE"
    if mode == Atom("restrict"):
        return ""
    raise RaisedError(
        "FunctionClauseError", "no function clause matching in Ecto.Migration.Runner.drop_mode/1"
    )


def comment_on(kind: str, name: str, comment: Value) -> list[str]:
    return [] if comment is None else [f"COMMENT ON {kind} {name} IS {literal(comment)}"]
