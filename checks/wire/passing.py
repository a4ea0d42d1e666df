"""A client and the server behind, joined: everything passes unchanged, and is heard on the way.

Each piece is passed on before it is heard, so that the other side works while it is being written down. Both are done in
one go: no answer is heard before its question, and whoever asks the loop after an answer finds it written down.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from checks.wire.answers import FROM_SERVER, Answers
from checks.wire.conversation import Conversation
from checks.wire.frames import Frame, FrameError, Frames
from checks.wire.line import Line
from checks.wire.questions import FROM_CLIENT, Questions


async def passing(client: Line, server: Line, talk: Conversation) -> None:
    """Until either side ends: a connection has two halves, and one without the other is none. Raises FrameError."""
    broken: asyncio.Future[FrameError] = asyncio.get_running_loop().create_future()
    client.pass_on(_heard(Frames(FROM_CLIENT), server, Questions(talk).sent, broken), server)
    server.pass_on(_heard(Frames(FROM_SERVER), client, Answers(talk).answered, broken), client)
    try:
        await asyncio.wait((client.closed, server.closed, broken), return_when=asyncio.FIRST_COMPLETED)
    finally:
        is_broken = not broken.cancel()
        talk.ended()
    if is_broken:
        raise broken.result()


def _heard(
    frames: Frames, to: Line, hear: Callable[[list[Frame]], None], broken: asyncio.Future[FrameError]
) -> Callable[[bytes], None]:
    """What is done with a piece. Of one that is no message of the protocol, nothing is passed on."""

    def take(piece: bytes) -> None:
        if broken.done():
            return
        try:
            found = frames.feed(piece)
        except FrameError as error:
            broken.set_result(error)
            return
        to.write(piece)
        hear(found)

    return take
