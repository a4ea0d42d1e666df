"""A door to the sandbox for any program that speaks PostgreSQL's protocol, with an ear at it.

It listens on 127.0.0.1, passes everything through unchanged (protocol 3.0 and 3.2, simple and extended, COPY,
pipelining, authentication), and writes down what was run. Encryption is refused politely, as a server without it does
(docs, 54.2.10 and 54.2.11); a request to cancel goes to the server on a connection of its own (docs, 54.2.8).
"""

from __future__ import annotations

import asyncio
import contextlib
import struct
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path

from checks.sandbox.sessions import Address
from checks.wire.frames import Frame, FrameError, Frames
from checks.wire.recorded import Recorded
from checks.wire.recorder import FROM_CLIENT, FROM_SERVER, Recorder

_SSL, _GSS, _CANCEL = 80877103, 80877104, 80877102
"""The requests that come in place of a protocol version (docs, 54.7)."""
_LARGEST_STARTUP = 10_000
_PIECE = 1 << 16
_LISTEN_SECONDS = 10


class Proxy:
    """Where it listens, and what it has heard so far."""

    def __init__(self, address: Address) -> None:
        self.port = 0
        self._address = address
        self._began = time.perf_counter()
        self._recorded: list[Recorded] = []
        self._connections = 0

    @property
    def recorded(self) -> tuple[Recorded, ...]:
        """In the order in which the server came to their ends."""
        return tuple(self._recorded)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One client, to the end of its connection."""
        try:
            startup = await _startup(reader, writer)
            if startup is not None:
                await self._pass_on(startup, reader, writer)
        except (OSError, FrameError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # either side went away, or it was no client of PostgreSQL's, or this door is being closed
        finally:
            await _close(writer)

    async def _pass_on(
        self, startup: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        upstream, downstream = await _open(self._address)
        try:
            downstream.write(startup)
            if _code(startup) == _CANCEL:
                await downstream.drain()
                await upstream.read()
                return
            self._connections += 1
            recorder = Recorder(self._connections, self._recorded.append, self._began)
            try:
                await _both(
                    _copy(reader, downstream, Frames(FROM_CLIENT), recorder.sent),
                    _copy(upstream, writer, Frames(FROM_SERVER), recorder.answered),
                )
            finally:
                recorder.ended()
        finally:
            await _close(downstream)


@contextlib.contextmanager
def listening(address: Address) -> Iterator[Proxy]:
    """A proxy in a thread of its own; when the block ends, its connections are closed."""
    proxy = Proxy(address)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="wire", daemon=True)
    thread.start()
    try:
        server = asyncio.run_coroutine_threadsafe(
            asyncio.start_server(proxy.serve, "127.0.0.1", 0), loop
        ).result(_LISTEN_SECONDS)
        proxy.port = server.sockets[0].getsockname()[1]
        yield proxy
        asyncio.run_coroutine_threadsafe(_end(server), loop).result(_LISTEN_SECONDS)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(_LISTEN_SECONDS)
        loop.close()


async def _end(server: asyncio.Server) -> None:
    server.close()
    others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)


async def _startup(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes | None:
    """The first message that is not a question for encryption; None when the client goes away."""
    while True:
        try:
            head = await reader.readexactly(8)
        except asyncio.IncompleteReadError:
            return None
        length = struct.unpack("!I", head[:4])[0]
        if not 8 <= length <= _LARGEST_STARTUP:
            raise FrameError(f"a startup message of {length} bytes")
        message = head + await reader.readexactly(length - 8)
        if _code(message) not in (_SSL, _GSS):
            return message
        writer.write(b"N")
        await writer.drain()


def _code(startup: bytes) -> int:
    return int(struct.unpack("!I", startup[4:8])[0])


async def _open(address: Address) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    if address.host.startswith("/"):
        return await asyncio.open_unix_connection(Path(address.host) / f".s.PGSQL.{address.port}")
    return await asyncio.open_connection(address.host, int(address.port))


async def _both(one: Coroutine[None, None, None], other: Coroutine[None, None, None]) -> None:
    """Until either ends: a connection has two halves, and one without the other is none."""
    tasks = [asyncio.create_task(one), asyncio.create_task(other)]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _copy(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, frames: Frames, hear: Callable[[Frame], None]
) -> None:
    """Hear first, then pass on: an answer must not come before its question is known."""
    while piece := await reader.read(_PIECE):
        for frame in frames.feed(piece):
            hear(frame)
        writer.write(piece)
        await writer.drain()


async def _close(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()
