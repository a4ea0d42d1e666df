"""The beginning of a connection: what a client wants, and how it is sent away (PostgreSQL docs, 54.2.1 and 54.7)."""

from __future__ import annotations

import struct
from dataclasses import dataclass

from checks.wire.fields import FieldError, Fields
from checks.wire.frames import FrameError
from checks.wire.line import Line

_SSL, _GSS, _CANCEL = 80877103, 80877104, 80877102
"""The requests that come in place of a protocol version."""
_LARGEST = 10_000
NOT_HERE, PROTOCOL_VIOLATION, NO_CONNECTION = "42501", "08P01", "08006"
ANOTHER_DATABASE = (
    'the database "{wanted}" is not let through: only "{database}", which DATABASE_URL names, is watched. It is there and '
    "empty, so no step has to create it"
)
ANOTHER_USER = 'the user "{wanted}" is not let through: migrations run as "{user}", whom DATABASE_URL names'


@dataclass(frozen=True)
class Startup:
    message: bytes

    @property
    def is_cancel(self) -> bool:
        return _code(self.message) == _CANCEL

    def reason(self, database: str, user: str) -> str:
        """Why it is sent away who may only be this user in this database; empty when that is what it wants."""
        try:
            given = self._parameters()
        except FieldError as error:
            raise FrameError(f"a startup message with {error}") from error
        if (wanted := given.get("user", "")) != user:
            return ANOTHER_USER.format(wanted=wanted[:63], user=user)
        if (wanted := given.get("database") or user) != database:
            return ANOTHER_DATABASE.format(wanted=wanted[:63], database=database)
        return ""

    def _parameters(self) -> dict[str, str]:
        fields, found = Fields(self.message[8:]), dict[str, str]()
        while name := fields.text():
            found[name] = fields.text()
        return found


async def read(client: Line) -> Startup | None:
    """The first message that is not a question for encryption; None when the client goes away.

    Raises FrameError; EOFError when it goes away in the middle.
    """
    while True:
        try:
            head = await client.exactly(8)
        except EOFError:
            return None
        length = struct.unpack("!I", head[:4])[0]
        if not 8 <= length <= _LARGEST:
            raise FrameError(f"a startup message of {length} bytes")
        message = head + await client.exactly(length - 8)
        if _code(message) not in (_SSL, _GSS):
            return Startup(message)
        client.write(b"N")


def fatal(sqlstate: str, reason: str) -> bytes:
    """An ErrorResponse."""
    fields = {"S": "FATAL", "V": "FATAL", "C": sqlstate, "M": reason}
    body = b"".join(f"{name}{value}".encode() + b"\0" for name, value in fields.items()) + b"\0"
    return b"E" + struct.pack("!I", len(body) + 4) + body


def _code(message: bytes) -> int:
    return int(struct.unpack("!I", message[4:8])[0])
