"""Values as text: ``to_string``, ``inspect`` and the numbers inside of both."""

from __future__ import annotations

import re

from checks.elixir.values import Atom, Bits, Map, Range, Value, atom_name, is_atom, is_integer

_PLAIN_ATOM = re.compile(r"[a-zA-Z_][\w@]*[?!]?")
_ESCAPES = {
    "\\": "\\\\",
    '"': '\\"',
    "\n": "\\n",
    "\t": "\\t",
    "\r": "\\r",
    "\a": "\\a",
    "\b": "\\b",
    "\x1b": "\\e",
    "\f": "\\f",
    "\v": "\\v",
    "\x7f": "\\d",
}
_LARGEST_EXACT = 2**53


def as_text(value: Value) -> str | None:
    """``to_string(value)``; None for what has no such form."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if is_atom(value):
        return atom_name(value)
    if is_integer(value):
        return str(value)
    if isinstance(value, float):
        return float_text(value)
    if isinstance(value, list):
        return _charlist(value)
    return None


def _charlist(items: list[Value]) -> str | None:
    pieces: list[str] = []
    for item in items:
        if is_integer(item) and 0 <= item < 0x110000:
            pieces.append(chr(item))
        elif isinstance(item, (str, list)) and (text := as_text(item)) is not None:
            pieces.append(text)
        else:
            return None
    return "".join(pieces)


def float_text(number: float) -> str:
    """The shortest form, as Erlang/OTP writes it: an exponent where that is shorter, and from 2⁵³ on."""
    sign, magnitude = ("-", -number) if number < 0 else ("", number)
    if magnitude == 0:
        return sign + "0.0"
    mantissa, _, exponent = f"{magnitude!r}e0".replace("e+", "e").partition("e")
    whole, _, rest = mantissa.partition(".")
    digits = (whole + rest).lstrip("0")
    place = len(whole) + int(exponent.partition("e")[0])
    if whole == "0":
        place -= 1 + len(rest) - len(rest.lstrip("0"))
    digits = digits.rstrip("0") or "0"
    return sign + _with_point(digits, place, magnitude)


def _with_point(digits: str, place: int, magnitude: float) -> str:
    """``digits`` with the decimal point ``place`` digits from their left."""
    power = str(place - 1)
    cost = len(power) + 1 + (2 if len(digits) == 1 else 1)
    if magnitude < _LARGEST_EXACT:
        if 0 < place < len(digits):
            return f"{digits[:place]}.{digits[place:]}"
        if place > 0 and place - len(digits) + 2 <= cost:
            return digits + "0" * (place - len(digits)) + ".0"
        if place == 0 or (place < 0 and 2 - place <= cost):
            return "0." + "0" * -place + digits
    return f"{digits[0]}.{digits[1:] or '0'}e{power}"


def inspect(value: Value) -> str:
    """As ``inspect/1`` shows it, for error messages."""
    if isinstance(value, str):
        return _string(value)
    if is_atom(value):
        return _atom(value)
    if isinstance(value, (int, float)):
        return as_text(value) or ""
    if isinstance(value, tuple):
        return "{" + ", ".join(map(inspect, value)) + "}"
    if isinstance(value, list):
        return _list(value)
    if isinstance(value, Map):
        return "%{" + ", ".join(_pairs(list(value.pairs.items()))) + "}"
    if isinstance(value, Range):
        return f"{value.first}..{value.last}" + ("" if value.step == 1 else f"//{value.step}")
    if isinstance(value, Bits):
        return f"<<{value.value}::size({value.size})>>"
    return f"#{type(value).__name__}<...>"


def _string(value: str) -> str:
    if "\0" in value:
        return "<<" + ", ".join(str(byte) for byte in value.encode()) + ">>"
    return '"' + "".join(_ESCAPES.get(character, character) for character in value) + '"'


def _atom(value: Value) -> str:
    if not isinstance(value, Atom):
        return atom_name(value)
    if value.name.startswith("Elixir."):
        return value.name.removeprefix("Elixir.")
    return f":{value.name}" if _PLAIN_ATOM.fullmatch(value.name) else f":{_string(value.name)}"


def _list(items: list[Value]) -> str:
    if items and all(isinstance(item, tuple) and len(item) == 2 and is_atom(item[0]) for item in items):
        return "[" + ", ".join(_pairs(items)) + "]"
    if items and all(is_integer(item) and 32 <= item < 127 for item in items):
        return "~c" + _string("".join(map(chr, items)))
    return "[" + ", ".join(map(inspect, items)) + "]"


def _pairs(items: list[tuple[Value, Value]]) -> list[str]:
    if all(is_atom(key) for key, _ in items):
        return [f"{_key(key)}: {inspect(value)}" for key, value in items]
    return [f"{inspect(key)} => {inspect(value)}" for key, value in items]


def _key(key: Value) -> str:
    name = atom_name(key)
    return name if _PLAIN_ATOM.fullmatch(name) else _string(name)
