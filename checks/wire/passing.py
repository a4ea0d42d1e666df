"""A client and the server behind, joined: everything passes unchanged, and is heard later."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from checks.wire.answers import FROM_SERVER, Answers
from checks.wire.conversation import Conversation
from checks.wire.frames import FrameError, Frames
from checks.wire.later import Hear, Later
from checks.wire.line import Line
from checks.wire.questions import FROM_CLIENT, Questions


async def passing(client: Line, server: Line, talk: Conversation, later: Later) -> None:
    """Until either side ends: a connection has two halves, and one without the other is none. Raises FrameError."""
    broken: asyncio.Future[FrameError] = asyncio.get_running_loop().create_future()
    client.pass_on(_heard(Frames(FROM_CLIENT), server, Questions(talk).sent, later, broken), server)
    server.pass_on(_heard(Frames(FROM_SERVER), client, Answers(talk).answered, later, broken), client)
    try:
        await asyncio.wait((client.closed, server.closed, broken), return_when=asyncio.FIRST_COMPLETED)
    finally:
        is_broken = not broken.cancel()
        later.hear_all()
        talk.ended(later.now())
    if is_broken:
        raise broken.result()


def _heard(
    frames: Frames, to: Line, hear: Hear, later: Later, broken: asyncio.Future[FrameError]
) -> Callable[[bytes], None]:
    """What is done with a piece. Of one that is no message of the protocol, nothing is passed on.

    In one go, so that no answer is put down before its question, nor after whoever got it asks the loop for it.
    """

    def take(piece: bytes) -> None:
        if broken.done():
            return
        try:
            found = frames.feed(piece)
        except FrameError as error:
            broken.set_result(error)
            return
        to.write(piece)
        if found:
            later.put(hear, found, len(piece))

    return take
