"""What was passed on and is not heard yet.

Between two statements the processor is the client's and the server's. Many pieces heard at once take a third of the
time that they take one by one, and none of them keeps anybody waiting.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

from checks.wire.frames import Frame

MOST = 100
"""Pieces."""
MOST_BYTES = 1_000_000

Hear = Callable[[list[Frame], float], None]
"""What is done with the messages of a piece, and when it came: milliseconds since the command began."""


class Later:
    """In the order in which they came, on whichever connections."""

    def __init__(self) -> None:
        self._began = time.perf_counter()
        self._pieces: deque[tuple[Hear, list[Frame], float]] = deque()
        self._bytes = 0

    def put(self, hear: Hear, frames: list[Frame], size: int) -> None:
        self._pieces.append((hear, frames, self.now()))
        self._bytes += size
        if len(self._pieces) >= MOST or self._bytes >= MOST_BYTES:
            self.hear_all()

    def hear_all(self) -> None:
        self._bytes = 0
        while self._pieces:
            hear, frames, came = self._pieces.popleft()
            hear(frames, came)

    def now(self) -> float:
        return (time.perf_counter() - self._began) * 1000
