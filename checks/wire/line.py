"""One connection's bytes: taken by number while both sides get to know each other, and at once from then on.

Plain ``asyncio.Protocol``, not streams: each piece is handed on in the callback that brings it, with no task to wake.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from typing import cast

_MOST_KEPT = 1 << 16
"""Bytes that come before anybody asks for them."""
PLAIN = "it said something unencrypted after it was asked for TLS"


class Line(asyncio.Protocol):
    """Made on a loop; ``closed`` is done when nothing comes or goes any more."""

    def __init__(self, begun: Callable[[Line], None] | None = None) -> None:
        self.closed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._begun = begun
        self._kept = bytearray()
        self._news = asyncio.Event()
        self._take: Callable[[bytes], None] | None = None
        self._source: Line | None = None
        """Whose bytes are written here."""

    # ── what asyncio says

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        if self._begun:
            self._begun(self)

    def data_received(self, piece: bytes) -> None:
        if self._take:
            self._take(piece)
            return
        self._kept += piece
        self._news.set()
        if len(self._kept) >= _MOST_KEPT:
            self._transport.pause_reading()

    def connection_lost(self, reason: Exception | None) -> None:
        self._news.set()
        if not self.closed.done():
            self.closed.set_result(None)

    def pause_writing(self) -> None:
        if self._source:
            self._source._transport.pause_reading()

    def resume_writing(self) -> None:
        if self._source:
            self._source._transport.resume_reading()

    # ── what is done with it

    async def exactly(self, number: int) -> bytes:
        """The next bytes. Raises EOFError when so many do not come."""
        while len(self._kept) < number:
            if self.closed.done():
                raise EOFError
            self._news.clear()
            self._transport.resume_reading()
            await self._news.wait()
        taken = bytes(self._kept[:number])
        del self._kept[:number]
        return taken

    def write(self, piece: bytes) -> None:
        if not self._transport.is_closing():
            self._transport.write(piece)

    def pass_on(self, take: Callable[[bytes], None], to: Line) -> None:
        """From now on ``take`` gets each piece when it comes, and none comes while ``to`` cannot be written."""
        self._take, to._source = take, self
        self._transport.resume_reading()
        if self._kept:
            take(bytes(self._kept))
            self._kept.clear()

    async def encrypt(self, context: ssl.SSLContext, host: str) -> None:
        """Raises OSError; ssl.SSLError is one."""
        if self._kept:
            raise OSError(PLAIN)  # it would be taken for a part of what comes encrypted (CVE-2021-23222)
        loop = asyncio.get_running_loop()
        made = await loop.start_tls(self._transport, self, context, server_hostname=host)
        self._transport = cast(asyncio.Transport, made)

    def close(self) -> None:
        """When what was written is sent."""
        self._transport.close()

    def abort(self) -> None:
        self._transport.abort()
