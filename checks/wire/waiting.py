"""What one connection has asked and the server has not answered yet, bounded."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from checks.wire.fields import Parse

MOST = 100_000
MOST_BYTES = 64_000_000


@dataclass(slots=True)
class Running:
    """A statement whose end is not seen yet."""

    sql: str
    sent: str
    lost: str
    in_transaction: bool
    started: float


@dataclass(slots=True)
class Asked:
    """Something that the server has to answer."""

    what: bytes
    """The message's type."""
    name: str = ""
    """Of the prepared statement that a Describe asks about."""
    statements: deque[Running] = field(default_factory=deque)
    """What a Query or Execute runs, in order."""
    parse: Parse | None = None
    size: int = 0
    """Bytes of the message that asked it, as far as they are kept."""


class Overrun(Exception):
    """A client asks on and on without an answer, as none does that wants any."""


class Waiting:
    """First in, first out."""

    def __init__(self) -> None:
        self._asked: deque[Asked] = deque()
        self._bytes = 0

    def add(self, asked: Asked) -> None:
        """Raises Overrun."""
        self._asked.append(asked)
        self._bytes += asked.size
        if len(self._asked) > MOST or self._bytes > MOST_BYTES:
            raise Overrun

    @property
    def first(self) -> Asked | None:
        return self._asked[0] if self._asked else None

    def pop(self) -> Asked:
        asked = self._asked.popleft()
        self._bytes -= asked.size
        return asked

    def drop_second(self, what: bytes) -> None:
        """Forget what comes behind the first, if it is of this kind."""
        if len(self._asked) > 1 and self._asked[1].what == what:
            del self._asked[1]

    def oldest_first(self) -> Iterator[Asked]:
        return iter(self._asked)

    def newest_first(self) -> Iterator[Asked]:
        return reversed(self._asked)
