"""Functions of Kernel that need no module name, and modules that only talk to people."""

from __future__ import annotations

from checks.elixir.library import Applies, native
from checks.elixir.show import as_text, inspect
from checks.elixir.stops import DynamicError, RaisedError
from checks.elixir.values import (
    Atom,
    Bits,
    Map,
    ProjectPath,
    Value,
    is_atom,
    is_integer,
    is_number,
    term_order,
)

_SAID = ("puts", "write", "warn", "debug", "info", "notice", "warning", "error")


def is_said(module: str, name: str) -> bool:
    """Whether the call only tells somebody something."""
    return module in ("IO", "Logger") and name in _SAID


@native("IO", "inspect")
def _io_inspect(ev: Applies, value: Value, options: Value = None) -> Value:
    return value


@native("Kernel", "is_atom")
def _is_atom(ev: Applies, value: Value) -> Value:
    return is_atom(value)


@native("Kernel", "is_binary", "is_bitstring")
def _is_binary(ev: Applies, value: Value) -> Value:
    return isinstance(value, str)


@native("Kernel", "is_list")
def _is_list(ev: Applies, value: Value) -> Value:
    return isinstance(value, list)


@native("Kernel", "is_tuple")
def _is_tuple(ev: Applies, value: Value) -> Value:
    return isinstance(value, tuple)


@native("Kernel", "is_map")
def _is_map(ev: Applies, value: Value) -> Value:
    return isinstance(value, Map)


@native("Kernel", "is_nil")
def _is_nil(ev: Applies, value: Value) -> Value:
    return value is None


@native("Kernel", "is_boolean")
def _is_boolean(ev: Applies, value: Value) -> Value:
    return isinstance(value, bool)


@native("Kernel", "is_integer")
def _is_integer(ev: Applies, value: Value) -> Value:
    return is_integer(value)


@native("Kernel", "is_float")
def _is_float(ev: Applies, value: Value) -> Value:
    return isinstance(value, float)


@native("Kernel", "is_number")
def _is_number(ev: Applies, value: Value) -> Value:
    return is_number(value)


@native("Kernel", "to_string")
def to_string(ev: Applies, value: Value) -> str:
    if isinstance(value, ProjectPath):
        raise DynamicError("the folder in which the project is deployed is not known", ev.line)
    text = as_text(value)
    if text is None:
        raise DynamicError(f"`to_string` of {inspect(value)[:60]} is not evaluated here", ev.line)
    return text


@native("Kernel", "to_charlist")
def _to_charlist(ev: Applies, value: Value) -> Value:
    return [ord(character) for character in to_string(ev, value)]


@native("Kernel", "inspect")
def _inspect(ev: Applies, value: Value, options: Value = None) -> Value:
    if options:
        raise DynamicError("`inspect` with options is not evaluated here", ev.line)
    return inspect(value)


@native("Kernel", "length")
def _length(ev: Applies, items: list[Value]) -> Value:
    return len(items)


@native("Kernel", "hd")
def _hd(ev: Applies, items: list[Value]) -> Value:
    return items[0]


@native("Kernel", "tl")
def _tl(ev: Applies, items: list[Value]) -> Value:
    return items[1:] if items else items[0]


@native("Kernel", "elem")
def _elem(ev: Applies, items: tuple[Value, ...], place: int) -> Value:
    return items[place]


@native("Kernel", "tuple_size")
def _tuple_size(ev: Applies, items: tuple[Value, ...]) -> Value:
    return len(items)


@native("Kernel", "map_size")
def _map_size(ev: Applies, subject: Map) -> Value:
    return len(subject.pairs)


@native("Kernel", "byte_size")
def _byte_size(ev: Applies, text: str) -> Value:
    return len(text.encode())


@native("Kernel", "bit_size")
def _bit_size(ev: Applies, bits: Value) -> Value:
    return bits.size if isinstance(bits, Bits) else len(bits.encode()) * 8


@native("Kernel", "div")
def _div(ev: Applies, dividend: int, divisor: int) -> Value:
    quotient = abs(dividend) // abs(divisor)
    return quotient if (dividend < 0) == (divisor < 0) else -quotient


@native("Kernel", "rem")
def _rem(ev: Applies, dividend: int, divisor: int) -> Value:
    rest = abs(dividend) % abs(divisor)
    return -rest if dividend < 0 else rest


@native("Kernel", "abs")
def _abs(ev: Applies, number: Value) -> Value:
    return abs(number)


@native("Kernel", "max")
def _max(ev: Applies, one: Value, other: Value) -> Value:
    return one if term_order(one) >= term_order(other) else other


@native("Kernel", "min")
def _min(ev: Applies, one: Value, other: Value) -> Value:
    return one if term_order(one) <= term_order(other) else other


@native("Kernel", "trunc")
def _trunc(ev: Applies, number: Value) -> Value:
    return int(number)


@native("Kernel", "then")
def _then(ev: Applies, value: Value, function: Value) -> Value:
    return ev.apply(function, [value])


@native("Kernel", "tap")
def _tap(ev: Applies, value: Value, function: Value) -> Value:
    ev.apply(function, [value])
    return value


@native("Function", "identity")
def _identity(ev: Applies, value: Value) -> Value:
    return value


@native("Kernel", "raise")
def _raise(ev: Applies, what: Value, details: Value = None) -> Value:
    """``raise "text"``, ``raise Some.Error, "text"`` or ``raise Some.Error, message: "text"``."""
    if isinstance(what, str):
        raise RaisedError("RuntimeError", what, ev.line)
    kind = what.name.removeprefix("Elixir.") if isinstance(what, Atom) else inspect(what)
    message = details if isinstance(details, str) else ""
    if isinstance(details, list):
        message = next((value for key, value in details if key == Atom("message")), "")
    raise RaisedError(kind, message, ev.line)
