"""Names and texts in Elixir and in SQL, in quotes that nothing in them can end."""

from __future__ import annotations

from collections.abc import Iterable


def atom(name: str) -> str:
    return f":{string(name)}"


def string(text: str) -> str:
    """With nothing that Elixir would fill in."""
    from checks.elixir.show import inspect  # late: rules name objects of SQL, and no Elixir

    return inspect(text).replace("#{", "\\#{")


def optional(text: str | None) -> str | None:
    return None if text is None else string(text)


def execute(sql: str) -> str:
    return f"execute({string(sql)})"


def identifier(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def identifiers(names: Iterable[str]) -> str:
    return ", ".join(map(identifier, names))
