"""The bodies of the messages that are looked into (PostgreSQL docs, 54.7)."""

from __future__ import annotations

import struct
from dataclasses import dataclass

from checks.model.observations import SqlError


class Fields:
    """Reads a body from its beginning. Raises FieldError when it ends too early."""

    def __init__(self, body: bytes) -> None:
        self._body = body
        self._place = 0

    def text(self) -> str:
        """Up to a zero byte."""
        end = self._body.find(b"\0", self._place)
        if end < 0:
            raise FieldError("a text without an end")
        text, self._place = self._body[self._place : end], end + 1
        return text.decode(errors="replace")

    def int16(self) -> int:
        return int(struct.unpack("!h", self._bytes(2))[0])

    def int32(self) -> int:
        return int(struct.unpack("!i", self._bytes(4))[0])

    def uint32(self) -> int:
        return int(struct.unpack("!I", self._bytes(4))[0])

    def letter(self) -> bytes:
        return self._bytes(1)

    def value(self) -> bytes | None:
        """A parameter's value behind its length; None for NULL."""
        length = self.int32()
        return None if length < 0 else self._bytes(length)

    def _bytes(self, number: int) -> bytes:
        found = self._body[self._place : self._place + number]
        if len(found) < number:
            raise FieldError("a message that ends too early")
        self._place += number
        return found


class FieldError(ValueError):
    """A body is not what its type says."""


@dataclass(frozen=True)
class Parse:
    name: str
    sql: str
    types: tuple[int, ...]
    """OIDs, as far as the client names them; 0 leaves it to the server."""


@dataclass(frozen=True)
class Bind:
    portal: str
    statement: str
    values: tuple[bytes | None, ...]
    binary: tuple[bool, ...]
    """For each value whether it is in the binary format."""


def parse(body: bytes) -> Parse:
    fields = Fields(body)
    return Parse(fields.text(), fields.text(), tuple(fields.uint32() for _ in range(fields.int16())))


def bind(body: bytes) -> Bind:
    fields = Fields(body)
    portal, statement = fields.text(), fields.text()
    formats = [fields.int16() == 1 for _ in range(fields.int16())]
    values = tuple(fields.value() for _ in range(fields.int16()))
    # None means text for all, one counts for all (docs, 54.7, Bind).
    each = formats * len(values) if len(formats) == 1 else formats or [False] * len(values)
    return Bind(portal, statement, values, tuple(each))


def named(body: bytes) -> tuple[bytes, str]:
    """Describe and Close: ``S`` for a statement or ``P`` for a portal, and its name."""
    fields = Fields(body)
    return fields.letter(), fields.text()


def parameter_types(body: bytes) -> tuple[int, ...]:
    fields = Fields(body)
    return tuple(fields.uint32() for _ in range(fields.int16()))


def error(body: bytes) -> SqlError:
    fields = Fields(body)
    found: dict[bytes, str] = {}
    while (code := fields.letter()) != b"\0":
        found[code] = fields.text()
    return SqlError(
        sqlstate=found.get(b"C", "XX000"),
        message=found.get(b"M", ""),
        hint=found.get(b"H"),
        detail=found.get(b"D"),
        context=found.get(b"W"),
    )
