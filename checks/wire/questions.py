"""What a client asks of its server, for the answers to come (PostgreSQL docs, 54.2 and 54.7)."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator

from checks.sql.split import split
from checks.wire import fields
from checks.wire.conversation import Conversation
from checks.wire.fields import FieldError
from checks.wire.frames import Frame
from checks.wire.portals import NOT_KNOWN, Portal
from checks.wire.waiting import Asked, Overrun, Waiting

FROM_CLIENT = frozenset({b"Q", b"P", b"B", b"E", b"D", b"C", b"S", b"F"})
"""Query, Parse, Bind, Execute, Describe, Close, Sync, FunctionCall."""
TOO_LARGE = "the text is larger than what is kept"
TOO_MUCH = "nothing that follows is known: its connection asks on and on without waiting for an answer"
CALLED = "only the number of the function is known that it calls (FunctionCall)"
_SPACE = " \t\n\r\f\v"
"""PostgreSQL's (scan.l, ``space``)."""


class Questions:
    """Hears one connection's client."""

    def __init__(self, talk: Conversation) -> None:
        self._talk = talk
        self._is_deaf = False

    def sent(self, frames: Iterable[Frame], came: float) -> None:
        """What came in one piece, and when."""
        self._talk.now = came
        for frame in frames:
            if not self._is_deaf:
                self._sent(frame)

    def _sent(self, frame: Frame) -> None:
        try:
            self._understood(frame)
        except Overrun:
            self._is_deaf = True
            self._talk.lose(self._talk.running(Portal("")), TOO_MUCH)
            self._talk.asked = Waiting()

    def _understood(self, frame: Frame) -> None:
        type, body = frame
        try:
            if body is None:
                self._too_large(type)
            else:
                self._ask(type, body)
        except FieldError:
            self._wait_for(type, Portal("", lost=NOT_KNOWN))

    def _ask(self, type: bytes, body: bytes) -> None:
        match type:
            case b"Q":
                self._query(body)
            case b"P":
                self._talk.asked.add(Asked(b"P", parse=fields.parse(body), size=len(body)))
            case b"B":
                self._talk.portals.bind(fields.bind(body), self._being_prepared())
                self._talk.asked.add(Asked(b"B"))
            case b"D":
                kind, name = fields.named(body)
                self._talk.asked.add(Asked(b"D", name if kind == b"S" else ""))
            case b"E":
                self._execute(self._talk.portals.get(fields.Fields(body).text()))
            case b"C":
                self._talk.portals.close(*fields.named(body))
                self._talk.asked.add(Asked(b"C"))
            case b"F":
                self._wait_for(b"F", Portal("", lost=CALLED))
            case b"S":
                self._talk.asked.add(Asked(b"S"))

    def _too_large(self, type: bytes) -> None:
        """Which name it is about is not known either, so nothing is known of any name."""
        if type in (b"P", b"B"):
            self._talk.portals.forget()
            self._forget_what_is_being_prepared()
            self._talk.asked.add(Asked(type))
        else:
            self._wait_for(type, Portal("", lost=TOO_LARGE))

    def _being_prepared(self) -> Iterator[fields.Parse]:
        return (asked.parse for asked in self._talk.asked.newest_first() if asked.parse)

    def _forget_what_is_being_prepared(self) -> None:
        for asked in self._talk.asked.newest_first():
            asked.parse = None

    def _query(self, body: bytes) -> None:
        parts = _texts(fields.Fields(body).text())
        self._wait_for(b"Q", *(Portal(part, part) for part in parts if part), size=len(body))

    def _execute(self, portal: Portal) -> None:
        if portal.has_begun:
            self._wait_for(b"E")
            return
        portal.has_begun = True
        self._wait_for(b"E", portal, size=len(portal.sql))

    def _wait_for(self, what: bytes, *portals: Portal, size: int = 0) -> None:
        self._talk.asked.add(Asked(what, statements=deque(map(self._talk.running, portals)), size=size))


def _texts(query: str) -> list[str]:
    """The statements of a Query; its own text where there is none, for what a server says to it."""
    if ";" in query or "--" in query or "/*" in query:
        return [one.sql for one in split(query, "", 1)] or [query.strip(_SPACE)]
    return [query.strip(_SPACE)]
