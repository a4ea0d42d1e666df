"""One connection's two streams, put together to the statements that were run.

The server answers in the order in which it was asked, so what the client has sent waits in a queue for its answers
(PostgreSQL docs, 54.2.2 and 54.2.3: simple and extended query; 54.2.4: pipelining). What cannot be told is written
down as lost, never guessed.
"""

from __future__ import annotations

import contextlib
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator

from checks.model.observations import SqlError
from checks.sql.split import split
from checks.wire import fields
from checks.wire.fields import FieldError
from checks.wire.frames import Frame
from checks.wire.literals import has_parameters
from checks.wire.portals import NOT_KNOWN, Portal, Portals
from checks.wire.recorded import Recorded
from checks.wire.waiting import Asked, Overrun, Running, Waiting

FROM_CLIENT = frozenset({b"Q", b"P", b"B", b"E", b"D", b"C", b"S", b"F"})
"""Query, Parse, Bind, Execute, Describe, Close, Sync, FunctionCall."""
FROM_SERVER = frozenset({b"1", b"2", b"3", b"C", b"E", b"I", b"s", b"Z", b"t", b"n", b"T", b"G", b"V"})
TOO_LARGE = "the text is larger than what is kept"
TOO_MUCH = "nothing that follows is known: its connection asks on and on without waiting for an answer"
COPIED = "the rows that COPY was sent are not kept"
CALLED = "only the number of the function is known that it calls (FunctionCall)"
NOT_BOUND = "the parameters were never sent"
NOT_ANSWERED = "the end was not seen: the connection ended before"
_SPACE = " \t\n\r\f\v"
"""PostgreSQL's (scan.l, ``space``)."""
_ENDS = (b"Q", b"S", b"F")
"""What the server answers with ReadyForQuery at its end."""


class Recorder:
    """Listens to one connection after its startup."""

    def __init__(self, connection: int, write: Callable[[Recorded], None], began: float) -> None:
        self._connection = connection
        self._write = write
        self._began = began
        self._now = 0.0
        """Milliseconds since ``began``, when what is being heard came."""
        self._asked = Waiting()
        self._portals = Portals()
        self._in_transaction = False
        self._is_deaf = False

    def _look_at_the_clock(self) -> None:
        self._now = (time.perf_counter() - self._began) * 1000

    # ── what the client says

    def sent(self, frames: Iterable[Frame]) -> None:
        """What came in one piece."""
        self._look_at_the_clock()
        for frame in frames:
            if not self._is_deaf:
                self._sent(frame)

    def _sent(self, frame: Frame) -> None:
        try:
            self._understood(frame)
        except Overrun:
            self._is_deaf = True
            self._write(self._recorded(self._running(Portal("", lost=TOO_MUCH))))
            self._asked = Waiting()

    def _understood(self, frame: Frame) -> None:
        type, body = frame
        try:
            if body is None:
                self._too_large(type)
            else:
                self._ask(type, body)
        except FieldError:
            self._run(type, Portal("", lost=NOT_KNOWN))

    def _ask(self, type: bytes, body: bytes) -> None:
        match type:
            case b"Q":
                self._query(body)
            case b"P":
                self._asked.add(Asked(b"P", parse=fields.parse(body), size=len(body)))
            case b"B":
                self._portals.bind(fields.bind(body), self._being_prepared())
                self._asked.add(Asked(b"B"))
            case b"D":
                kind, name = fields.named(body)
                self._asked.add(Asked(b"D", name if kind == b"S" else ""))
            case b"E":
                self._execute(self._portals.get(fields.Fields(body).text()))
            case b"C":
                self._portals.close(*fields.named(body))
                self._asked.add(Asked(b"C"))
            case b"F":
                self._run(b"F", Portal("", lost=CALLED))
            case b"S":
                self._asked.add(Asked(b"S"))

    def _too_large(self, type: bytes) -> None:
        """Which name it is about is not known either, so nothing is known of any name."""
        if type in (b"P", b"B"):
            self._portals.forget()
            self._forget_what_is_being_prepared()
            self._asked.add(Asked(type))
        else:
            self._run(type, Portal("", lost=TOO_LARGE))

    def _being_prepared(self) -> Iterator[fields.Parse]:
        return (asked.parse for asked in self._asked.newest_first() if asked.parse)

    def _forget_what_is_being_prepared(self) -> None:
        for asked in self._asked.newest_first():
            asked.parse = None

    def _query(self, body: bytes) -> None:
        parts = _texts(fields.Fields(body).text())
        self._run(b"Q", *(Portal(part, part) for part in parts if part), size=len(body))

    def _execute(self, portal: Portal) -> None:
        if portal.has_begun:
            self._run(b"E")
            return
        portal.has_begun = True
        self._run(b"E", portal, size=len(portal.sql))

    def _run(self, what: bytes, *portals: Portal, size: int = 0) -> None:
        self._asked.add(Asked(what, statements=deque(map(self._running, portals)), size=size))

    def _running(self, portal: Portal) -> Running:
        return Running(portal.sql, portal.sent, portal.lost, self._in_transaction, self._now)

    # ── what the server answers

    def answered(self, frames: Iterable[Frame]) -> None:
        """What came in one piece."""
        self._look_at_the_clock()
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
            self._portals.prepare(asked.parse)

    def _learn(self, types: tuple[int, ...]) -> None:
        if first := self._asked.first:
            self._portals.learn(first.name, types)

    def _note_copy(self) -> None:
        """COPY waits for rows. A Sync that was sent before them is not heard (docs, 54.2.6)."""
        first = self._asked.first
        if first and first.statements:
            first.statements[0].lost = COPIED
        if first and first.what == b"E":
            self._asked.drop_second(b"S")

    def _done(self, tag: str) -> None:
        asked = self._asked.first
        if asked is None or asked.what not in (b"Q", b"E", b"F"):
            return
        if asked.statements:
            self._end(asked.statements.popleft(), tag=tag)
        if asked.what == b"E":
            self._asked.pop()

    def _failed(self, error: SqlError) -> None:
        """Of what was asked together only the first fails; the rest is not run, up to the next Sync."""
        asked = self._asked.first
        if asked is None:
            return
        if statement := next(self._meant(), None):
            self._end(statement, error=error)
        asked.statements.clear()
        if asked.what not in (b"Q", b"F"):
            while (first := self._asked.first) and first.what not in _ENDS:
                self._asked.pop()

    def _meant(self) -> Iterator[Running]:
        """What fails: the statement with its values if it was executed in the same breath, else as it was prepared."""
        for asked in self._asked.oldest_first():
            if asked.statements:
                yield asked.statements[0]
            if asked.what in _ENDS:
                break
        if self._asked.first and (parse := self._asked.first.parse):
            lost = NOT_BOUND if has_parameters(parse.sql) else ""
            yield self._running(Portal(parse.sql, parse.sql, lost))

    def _ready(self, status: bytes) -> None:
        """The end of a Query, or of everything up to a Sync."""
        while self._asked.first and self._asked.pop().what not in _ENDS:
            pass
        self._in_transaction = status in (b"T", b"E")
        # Portals that were bound since are another transaction's.
        if not self._in_transaction and self._asked.first is None:
            self._portals.end()

    def _pop(self, *kinds: bytes) -> Asked | None:
        first = self._asked.first
        return self._asked.pop() if first and first.what in kinds else None

    # ── what is written down

    def _end(self, one: Running, tag: str = "", error: SqlError | None = None) -> None:
        one.in_transaction = self._in_transaction
        self._write(self._recorded(one, self._now - one.started, tag, error))

    def ended(self) -> None:
        """The connection is gone, and with it whatever was not committed."""
        self._look_at_the_clock()
        while self._asked.first:
            for one in self._asked.pop().statements:
                one.lost = one.lost or NOT_ANSWERED
                self._write(self._recorded(one))
        if self._in_transaction:
            self._write(self._recorded(self._running(Portal("ROLLBACK")), tag="ROLLBACK"))

    def _recorded(
        self, one: Running, took: float = 0.0, tag: str = "", error: SqlError | None = None
    ) -> Recorded:
        return Recorded(
            connection=self._connection,
            sql=one.sql,
            sent=one.sent,
            tag=tag,
            error=error,
            in_transaction=one.in_transaction,
            started=one.started,
            duration_ms=took,
            lost=one.lost,
        )


def _texts(query: str) -> list[str]:
    """The statements of a Query; its own text where there is none, for what a server says to it."""
    if ";" in query or "--" in query or "/*" in query:
        return [one.sql for one in split(query, "", 1)] or [query.strip(_SPACE)]
    return [query.strip(_SPACE)]
