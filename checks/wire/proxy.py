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
from collections.abc import Iterator

from checks.sandbox.server import Role
from checks.sandbox.sessions import Address
from checks.wire import sasl, startup
from checks.wire.conversation import Conversation
from checks.wire.frames import FrameError
from checks.wire.later import Later
from checks.wire.line import Line
from checks.wire.passing import passing
from checks.wire.recorded import Recorded
from checks.wire.startup import Startup
from checks.wire.tape import Tape
from checks.wire.upstream import UpstreamError, connect

MOST_CONNECTIONS = 100
"""At one time. Our own servers take 40 (checks/sandbox/tuning.py), and say so themselves."""
TOO_MANY = f"more than {MOST_CONNECTIONS} connections at one time are not let through"
NO_PROTOCOL = "what came is no message of PostgreSQL's protocol: {error}"
_LOOP_SECONDS = 10


class Proxy:
    """Where it listens, and what it has heard so far."""

    def __init__(self, address: Address, database: str | None, loop: asyncio.AbstractEventLoop) -> None:
        self.port = 0
        self._loop = loop
        self._address = address
        self._database = database
        self._later = Later()
        self._tape = Tape()
        self._connections = 0
        self._served: set[asyncio.Task[None]] = set()
        self._refused: dict[str, None] = {}

    @property
    def recorded(self) -> tuple[Recorded, ...]:
        """In the order in which the server came to their ends; whatever a client has its answer of is among them."""
        if self._loop.is_running():
            asyncio.run_coroutine_threadsafe(self._hear_all(), self._loop).result(_LOOP_SECONDS)
        return tuple(self._tape.recorded)

    async def _hear_all(self) -> None:
        self._later.hear_all()

    @property
    def refused(self) -> tuple[str, ...]:
        """Why clients were sent away, each reason once, as a sentence without its full stop."""
        return tuple(self._refused)

    def client(self) -> Line:
        """A client that comes, and is served to the end of its connection."""
        return Line(self._begin)

    def _begin(self, client: Line) -> None:
        task = self._loop.create_task(self._serve(client))
        self._served.add(task)
        task.add_done_callback(self._served.discard)

    async def end(self) -> None:
        for task in self._served:
            task.cancel()
        await asyncio.gather(*self._served, return_exceptions=True)

    async def _serve(self, client: Line) -> None:
        try:
            with contextlib.suppress(OSError, EOFError):  # either side went away
                await self._lead(client)
            client.close()
            await client.closed
        finally:
            client.abort()  # this door is being closed

    async def _lead(self, client: Line) -> None:
        """To the server, if that is where it may go."""
        try:
            wanted = await startup.read(client)
            if wanted is None:
                return
            if wanted.is_cancel:
                await self._cancel(wanted)
            elif reason := self._reason(wanted):
                self._refuse(client, startup.NOT_HERE, reason)
            else:
                await self._pass_on(wanted, client)
        except FrameError as error:
            self._refuse(client, startup.PROTOCOL_VIOLATION, NO_PROTOCOL.format(error=error))
        except UpstreamError as error:
            self._refuse(client, startup.NO_CONNECTION, str(error))

    def _reason(self, wanted: Startup) -> str:
        """Why it is sent away; empty when it is let in."""
        if len(self._served) > MOST_CONNECTIONS:
            return TOO_MANY
        return wanted.reason(self._database, self._address.names[Role.APP]) if self._database else ""

    def _refuse(self, client: Line, sqlstate: str, reason: str) -> None:
        if len(self._refused) < MOST_CONNECTIONS:
            self._refused.setdefault(reason)
        client.write(startup.fatal(sqlstate, reason))

    async def _cancel(self, wanted: Startup) -> None:
        server = (await connect(self._address)).line
        try:
            server.write(wanted.message)
            await server.closed
        finally:
            server.close()

    async def _pass_on(self, wanted: Startup, client: Line) -> None:
        server = await connect(self._address)
        try:
            server.line.write(wanted.message)
            if server.is_encrypted:
                await sasl.without_binding(server.line, client)
            self._connections += 1
            talk = Conversation(self._connections, self._tape.write)
            await passing(client, server.line, talk, self._later)
        finally:
            server.line.close()


@contextlib.contextmanager
def listening(address: Address, database: str | None = None) -> Iterator[Proxy]:
    """A proxy in a thread of its own; when the block ends, its connections are closed.

    With a ``database`` it lets nobody into another one, and nobody in as another user than migrations run as.
    """
    loop = _new_loop()
    proxy = Proxy(address, database, loop)
    thread = threading.Thread(target=loop.run_forever, name="wire", daemon=True)
    thread.start()
    try:
        server = asyncio.run_coroutine_threadsafe(
            loop.create_server(proxy.client, "127.0.0.1", 0), loop
        ).result(_LOOP_SECONDS)
        proxy.port = server.sockets[0].getsockname()[1]
        try:
            yield proxy
        finally:
            loop.call_soon_threadsafe(server.close)
            asyncio.run_coroutine_threadsafe(proxy.end(), loop).result(_LOOP_SECONDS)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(_LOOP_SECONDS)
        loop.close()


def _new_loop() -> asyncio.AbstractEventLoop:
    """uvloop's where it is installed: asyncio's own takes as long for a statement as everything that is done with it."""
    try:
        import uvloop
    except ImportError:
        return asyncio.new_event_loop()
    loop: asyncio.AbstractEventLoop = uvloop.new_event_loop()
    return loop
