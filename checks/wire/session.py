"""Settings that a connection keeps from one migration to the next: each is run again in a session of its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from checks.sandbox.server import Role
from checks.sandbox.sessions import NAMES
from checks.sql.parse import command_tag, find, parse
from checks.wire.recorded import Recorded

_WITHOUT_EFFECT = frozenset(
    {
        "application_name", "bytea_output", "client_encoding", "client_min_messages", "datestyle",
        "extra_float_digits", "intervalstyle", "standard_conforming_strings",
    }
)  # fmt: skip
"""How a client wants its answers."""


def is_setting(sql: str) -> bool:
    """``SET``, ``RESET``, or ``SELECT set_config(…)`` and nothing else, as drivers and Flyway say it."""
    return command_tag(sql) in ("SET", "RESET") or bool(_set_config(sql))


def changes_nothing(sql: str) -> bool:
    """A setting to what a session of the migrations' role has anyway, as Flyway and Liquibase say it each time."""
    if not is_setting(sql):
        return False
    name, stays = _named(sql)
    values = {value.strip(' "') for text in _values(sql) for value in text.split(",")}
    if name == "search_path" and stays:
        return values - {"$user"} == {"public"}
    return name == "role" and stays and values == {NAMES[Role.APP]}


class Kept:
    """The settings in force on each connection."""

    def __init__(self) -> None:
        self._set: dict[int, dict[str, Recorded]] = {}

    def before(self, statements: Sequence[Recorded]) -> Iterator[Recorded]:
        """What their connections bring along, without what they set anew before they do anything."""
        for connection in dict.fromkeys(one.connection for one in statements):
            own = _names_set_first([one for one in statements if one.connection == connection])
            for name, one in self._set.get(connection, {}).items():
                if name not in own and "all" not in own:
                    yield one.model_copy(update={"in_transaction": False})

    def note(self, statements: Sequence[Recorded]) -> None:
        for one in statements:
            kept = self._set.setdefault(one.connection, {})
            name, stays = _named(one.sql) if one.error is None else ("", False)
            if name == "all" or command_tag(one.sql) == "DISCARD ALL":
                kept.clear()
            elif name and name not in _WITHOUT_EFFECT:
                kept.pop(name, None)
                if stays:
                    kept[name] = one


def _names_set_first(statements: Sequence[Recorded]) -> set[str]:
    names: set[str] = set()
    for one in statements:
        if is_setting(one.sql):
            names.add(_named(one.sql)[0])
        elif command_tag(one.sql) not in (
            "BEGIN",
            "START TRANSACTION",
            "COMMIT",
            "ROLLBACK",
            "SELECT",
            "SHOW",
        ):
            break
    return names


def _named(sql: str) -> tuple[str, bool]:
    """The setting that a statement is about, in lower case, and whether it has a value of its own behind it."""
    if command_tag(sql) in ("SET", "RESET"):
        node: Any = parse(sql)
        if node is None or type(node).__name__ != "VariableSetStmt" or node.is_local:
            return "", False
        # VAR_RESET_ALL has no name; VAR_SET_DEFAULT and VAR_RESET take a value away (nodes/parsenodes.h).
        return (node.name.lower() or "all"), command_tag(sql) == "SET" and bool(node.args)
    arguments = _set_config(sql)
    if len(arguments) != 3 or arguments[2]:
        return "", False
    return str(arguments[0]).lower(), True


def _values(sql: str) -> list[str]:
    given = _set_config(sql)
    if given:
        return [str(given[1])]
    node: Any = parse(sql)
    constants: list[Any] = list(find(node, "A_Const"))
    return [str(one.sval.sval) for one in constants]


def _set_config(sql: str) -> list[object]:
    """Its three arguments, where a SELECT calls it and nothing else; the last is whether the transaction is its end."""
    if command_tag(sql) != "SELECT" or "set_config" not in sql:
        return []
    node = parse(sql)
    calls: list[Any] = list(find(node, "FuncCall")) if node is not None else []
    if len(calls) != 1 or calls[0].funcname[-1].string.sval != "set_config":
        return []
    constants: list[Any] = list(find(calls[0], "A_Const"))
    return [one.boolval.boolval if one.HasField("boolval") else one.sval.sval for one in constants]
