"""Authentication over two connections of which only one is encrypted.

A server offers SCRAM with channel binding over TLS. The client is not on that channel, and libpq takes such an offer
on a plain connection for an attack, so it is left out of what is offered (PostgreSQL docs, 54.3).
"""

from __future__ import annotations

import struct

from checks.wire.frames import FrameError
from checks.wire.line import Line

BINDING = b"SCRAM-SHA-256-PLUS\0"
_OFFER = struct.pack("!I", 10)
"""AuthenticationSASL."""
_LARGEST = 1_000_000


async def without_binding(server: Line, client: Line) -> None:
    """Pass on what the server says up to its first word about authentication, and that without BINDING.

    Raises FrameError; EOFError when the server goes away.
    """
    while True:
        type, body = await _message(server)
        if type == b"R" and body.startswith(_OFFER):
            body = body.replace(BINDING, b"")
        client.write(type + struct.pack("!I", len(body) + 4) + body)
        if type in (b"R", b"E"):
            return


async def _message(server: Line) -> tuple[bytes, bytes]:
    type, length = struct.unpack("!cI", await server.exactly(5))
    if not 4 <= length <= _LARGEST:
        raise FrameError(f"an answer of {length} bytes to the startup message")
    return type, await server.exactly(length - 4)
