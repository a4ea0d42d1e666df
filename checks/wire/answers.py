"""What a server answers, and which of the questions that ends (PostgreSQL docs, 54.2 and 54.7)."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator

from checks.model.observations import SqlError
from checks.wire import fields
from checks.wire.conversation import Conversation
from checks.wire.fields import FieldError
from checks.wire.frames import Frame
from checks.wire.literals import has_parameters
from checks.wire.portals import Portal
from checks.wire.waiting import Asked, Running

FROM_SERVER = frozenset({b"1", b"2", b"3", b"C", b"E", b"I", b"s", b"Z", b"t", b"n", b"T", b"G", b"V"})
COPIED = "the rows that COPY was sent are not kept"
NOT_BOUND = "the parameters were never sent"
_ENDS = (b"Q", b"S", b"F")
"""What the server answers with ReadyForQuery at its end."""


class Answers:
    """Hears one connection's server."""

    def __init__(self, talk: Conversation) -> None:
        self._talk = talk

    def answered(self, frames: Iterable[Frame], came: float) -> None:
        """What came in one piece, and when."""
        self._talk.now = came
        for frame in frames:
            with contextlib.suppress(FieldError):  # no server sends what its own type does not allow
                self._answered(frame.type, frame.body or b"\0")

    def _answered(self, type: bytes, body: bytes) -> None:
        match type:
            case b"C":
                self._done(fields.Fields(body).text())
            case b"I" | b"s" | b"V":
                self._done("")
            case b"Z":
                self._ready(body)
            case b"E":
                self._failed(fields.error(body))
            case b"1":
                self._was_prepared()
            case b"2" | b"3":
                self._pop(b"B", b"C")
            case b"t":
                self._learn(fields.parameter_types(body))
            case b"T" | b"n":
                self._pop(b"D")
            case b"G":
                self._note_copy()
            case _:
                pass

    def _was_prepared(self) -> None:
        asked = self._pop(b"P")
        if asked and asked.parse:
            self._talk.portals.prepare(asked.parse)

    def _learn(self, types: tuple[int, ...]) -> None:
        if first := self._talk.asked.first:
            self._talk.portals.learn(first.name, types)

    def _note_copy(self) -> None:
        """COPY waits for rows. A Sync that was sent before them is not heard (docs, 54.2.6)."""
        first = self._talk.asked.first
        if first and first.statements:
            first.statements[0].lost = COPIED
        if first and first.what == b"E":
            self._talk.asked.drop_second(b"S")

    def _done(self, tag: str) -> None:
        asked = self._talk.asked.first
        if asked is None or asked.what not in (b"Q", b"E", b"F"):
            return
        if asked.statements:
            self._talk.end(asked.statements.popleft(), tag=tag)
        if asked.what == b"E":
            self._talk.asked.pop()

    def _failed(self, error: SqlError) -> None:
        """Of what was asked together only the first fails; the rest is not run, up to the next Sync."""
        asked = self._talk.asked.first
        if asked is None:
            return
        if statement := next(self._meant(), None):
            self._talk.end(statement, error=error)
        asked.statements.clear()
        if asked.what not in (b"Q", b"F"):
            while (first := self._talk.asked.first) and first.what not in _ENDS:
                self._talk.asked.pop()

    def _meant(self) -> Iterator[Running]:
        """What fails: the statement with its values if it was executed in the same breath, else as it was prepared."""
        for asked in self._talk.asked.oldest_first():
            if asked.statements:
                yield asked.statements[0]
            if asked.what in _ENDS:
                break
        if self._talk.asked.first and (parse := self._talk.asked.first.parse):
            lost = NOT_BOUND if has_parameters(parse.sql) else ""
            yield self._talk.running(Portal(parse.sql, parse.sql, lost))

    def _ready(self, status: bytes) -> None:
        """The end of a Query, or of everything up to a Sync."""
        while self._talk.asked.first and self._talk.asked.pop().what not in _ENDS:
            pass
        self._talk.in_transaction = status in (b"T", b"E")
        # Portals that were bound since are another transaction's.
        if not self._talk.in_transaction and self._talk.asked.first is None:
            self._talk.portals.end()

    def _pop(self, *kinds: bytes) -> Asked | None:
        first = self._talk.asked.first
        return self._talk.asked.pop() if first and first.what in kinds else None
