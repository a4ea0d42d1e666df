"""A door to the sandbox for any program that speaks PostgreSQL's protocol, with an ear at it.

It listens on 127.0.0.1, passes everything through unchanged (protocol 3.0 and 3.2, simple and extended, COPY,
pipelining, authentication), and writes down what was run. Encryption is refused politely, as a server without it does
(docs, 54.2.10 and 54.2.11); a request to cancel goes to the server on a connection of its own (docs, 54.2.8). It leads
to one database, as the one user that migrations run as: whoever wants another is told so.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections.abc import Callable, Coroutine, Iterator

from checks.sandbox.server import Role
from checks.sandbox.sessions import Address
from checks.wire import sasl, startup
from checks.wire.frames import Frame, FrameError, Frames
from checks.wire.recorded import Recorded
from checks.wire.recorder import FROM_CLIENT, FROM_SERVER, Recorder
from checks.wire.startup import Startup
from checks.wire.tape import Tape
from checks.wire.upstream import Upstream, UpstreamError, connect

MOST_CONNECTIONS = 100
"""At one time. Our own servers take 40 (checks/sandbox/tuning.py), and say so themselves."""
TOO_MANY = f"more than {MOST_CONNECTIONS} connections at one time are not let through"
NO_PROTOCOL = "what came is no message of PostgreSQL's protocol: {error}"
_PIECE = 1 << 16
_LISTEN_SECONDS = 10


class Proxy:
    """Where it listens, and what it has heard so far."""

    def __init__(self, address: Address, database: str | None) -> None:
        self.port = 0
        self._address = address
        self._database = database
        self._began = time.perf_counter()
        self._tape = Tape()
        self._connections = 0
        self._open = 0
        self._refused: dict[str, None] = {}

    @property
    def recorded(self) -> tuple[Recorded, ...]:
        """In the order in which the server came to their ends."""
        return tuple(self._tape.recorded)

    @property
    def refused(self) -> tuple[str, ...]:
        """Why clients were sent away, each reason once, as a sentence without its full stop."""
        return tuple(self._refused)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One client, to the end of its connection."""
        self._open += 1
        try:
            await self._serve(reader, writer)
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # either side went away, or this door is being closed
        finally:
            self._open -= 1
            await _close(writer)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            wanted = await startup.read(reader, writer)
            if wanted is None:
                return
            if wanted.is_cancel:
                await self._cancel(wanted)
            elif reason := self._reason(wanted):
                self._refuse(writer, startup.NOT_HERE, reason)
            else:
                await self._pass_on(wanted, reader, writer)
        except FrameError as error:
            self._refuse(writer, startup.PROTOCOL_VIOLATION, NO_PROTOCOL.format(error=error))
        except UpstreamError as error:
            self._refuse(writer, startup.NO_CONNECTION, str(error))

    def _reason(self, wanted: Startup) -> str:
        """Why it is sent away; empty when it is let in."""
        if self._open > MOST_CONNECTIONS:
            return TOO_MANY
        return wanted.reason(self._database, self._address.names[Role.APP]) if self._database else ""

    def _refuse(self, writer: asyncio.StreamWriter, sqlstate: str, reason: str) -> None:
        if len(self._refused) < MOST_CONNECTIONS:
            self._refused.setdefault(reason)
        writer.write(startup.fatal(sqlstate, reason))

    async def _cancel(self, wanted: Startup) -> None:
        server = await connect(self._address)
        try:
            server.writer.write(wanted.message)
            await server.writer.drain()
            await server.reader.read()
        finally:
            await _close(server.writer)

    async def _pass_on(
        self, wanted: Startup, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        server = await connect(self._address)
        try:
            server.writer.write(wanted.message)
            if server.is_encrypted:
                await sasl.without_binding(server.reader, writer)
            await self._hear(server, reader, writer)
        finally:
            await _close(server.writer)

    async def _hear(
        self, server: Upstream, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._connections += 1
        recorder = Recorder(self._connections, self._tape.write, self._began)
        try:
            await _both(
                _ask(reader, server.writer, Frames(FROM_CLIENT), recorder.sent),
                _answer(server.reader, writer, Frames(FROM_SERVER), recorder.answered),
            )
        finally:
            recorder.ended()


@contextlib.contextmanager
def listening(address: Address, database: str | None = None) -> Iterator[Proxy]:
    """A proxy in a thread of its own; when the block ends, its connections are closed.

    With a ``database`` it lets nobody into another one, and nobody in as another user than migrations run as.
    """
    proxy = Proxy(address, database)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="wire", daemon=True)
    thread.start()
    try:
        server = asyncio.run_coroutine_threadsafe(
            asyncio.start_server(proxy.serve, "127.0.0.1", 0), loop
        ).result(_LISTEN_SECONDS)
        proxy.port = server.sockets[0].getsockname()[1]
        try:
            yield proxy
        finally:
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


async def _ask(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, frames: Frames, hear: Callable[[Frame], None]
) -> None:
    """Pass on, then hear, while the server works; in one go, so that no answer is heard before its question."""
    while piece := await reader.read(_PIECE):
        writer.write(piece)
        for frame in frames.feed(piece):
            hear(frame)
        await writer.drain()


async def _answer(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, frames: Frames, hear: Callable[[Frame], None]
) -> None:
    """Hear, then pass on: a client that has its answer may end, and then all has to be written down."""
    while piece := await reader.read(_PIECE):
        for frame in frames.feed(piece):
            hear(frame)
        writer.write(piece)
        await writer.drain()


async def _close(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()
