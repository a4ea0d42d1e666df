"""Authentication over two connections of which only one is encrypted.

A server offers SCRAM with channel binding over TLS. The client is not on that channel, and libpq takes such an offer
on a plain connection for an attack, so it is left out of what is offered (PostgreSQL docs, 54.3).
"""

from __future__ import annotations

import asyncio
import struct

from checks.wire.frames import FrameError

BINDING = b"SCRAM-SHA-256-PLUS\0"
_OFFER = struct.pack("!I", 10)
"""AuthenticationSASL."""
_LARGEST = 1_000_000


async def without_binding(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Pass on what the server says up to its first word about authentication, and that without BINDING."""
    while True:
        type, body = await _message(reader)
        if type == b"R" and body.startswith(_OFFER):
            body = body.replace(BINDING, b"")
        writer.write(type + struct.pack("!I", len(body) + 4) + body)
        if type in (b"R", b"E"):
            await writer.drain()
            return


async def _message(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    type, length = struct.unpack("!cI", await reader.readexactly(5))
    if not 4 <= length <= _LARGEST:
        raise FrameError(f"an answer of {length} bytes to the startup message")
    return type, await reader.readexactly(length - 4)
