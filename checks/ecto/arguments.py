"""What Ecto's functions accept, and how they refuse the rest."""

from __future__ import annotations

from checks.ecto.objects import (
    Options,
    Reference,
)
from checks.elixir.scope import Closure
from checks.elixir.show import inspect
from checks.elixir.stops import DynamicError, RaisedError
from checks.elixir.syntax import Call, Interpolated, Literal, Name, Node
from checks.elixir.values import (
    Atom,
    Value,
    atom_name,
    is_atom,
    is_keyword,
    pair_of,
)

Place = Call | Name


def end_line(place: Place) -> int:
    return place.end_line if isinstance(place, Call) else place.line


def text_line(node: Node) -> int:
    return node.line if isinstance(node, (Literal, Interpolated)) else 0


def no_clause(name: str, arity: int, place: Place) -> RaisedError:
    message = f"no function clause matching in Ecto.Migration.{name}/{arity}"
    return RaisedError("FunctionClauseError", message, place.line)


def is_name(value: Value) -> bool:
    return is_atom(value) or isinstance(value, str)


def is_options(value: Value) -> bool:
    return value == () or isinstance(value, list)


def is_executable(value: Value) -> bool:
    return isinstance(value, (str, list)) or (isinstance(value, Closure) and value.arity == 0)


def name_text(name: Value) -> str:
    return name if isinstance(name, str) else atom_name(name)


def target_of(options: Value) -> Value:
    """What stands behind ``to:``."""
    return pair_of(options, "to")[1] if is_keyword(options) and len(options) == 1 else None


def check_index_options(options: Options, line: int) -> None:
    if not is_keyword(options):
        raise DynamicError("options of an index that are no keyword list", line)
    if pair_of(options, "nulls_distinct")[1] is not None and pair_of(options, "unique")[1] is not True:
        message = "the `nulls_distinct` option can only be used with unique indexes"
        raise RaisedError("ArgumentError", message, line)
    if sum(key == Atom("where") for key, _ in options) > 1:
        message = (
            "only one `where` keyword is supported when declaring a partial index. "
            "To specify multiple conditions, write a single WHERE clause using AND between them"
        )
        raise RaisedError("ArgumentError", message, line)


def check_action(option: str, action: Value, known: frozenset[str], line: int) -> None:
    if isinstance(action, Atom) and action.name in known:
        return
    is_pair = isinstance(action, tuple) and len(action) == 2 and isinstance(action[1], list)
    if option == "on_delete" and is_pair and action[0] in (Atom("nilify"), Atom("default")):
        if all(map(is_atom, action[1])):
            return
        shown = f"`{{{inspect(action[0])}, columns}}` to be a list of atoms, got: {inspect(action[1])}"
        raise RaisedError("ArgumentError", f"expected `columns` in {shown}", line)
    raise RaisedError("ArgumentError", f"unknown :{option} value: {inspect(action)}", line)


def check_type(type: Value, line: int) -> None:
    """Raises RaisedError for what Ecto refuses as a column's type."""
    if type == Atom("datetime"):
        message = "the :datetime type in migrations is not supported, please use :utc_datetime or :naive_datetime instead"
        raise RaisedError("ArgumentError", message, line)
    if isinstance(type, Reference) or (is_atom(type) and not atom_name(type).startswith("Elixir.")):
        return None
    if isinstance(type, tuple) and len(type) == 2 and is_atom(type[0]) and is_atom(type[1]):
        return check_type(type[1], line)
    if isinstance(type, tuple) and len(type) == 2 and is_atom(type[0]) and isinstance(type[1], tuple):
        for inner in type[1]:
            check_type(inner, line)
        return None
    raise RaisedError("ArgumentError", f"invalid migration type: {inspect(type)}. Expected one of:", line)
