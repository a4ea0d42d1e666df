"""One connection's two streams, put together to the statements that were run.

The server answers in the order in which it was asked, so what the client has sent waits in a queue for its answers
(PostgreSQL docs, 54.2.2 and 54.2.3: simple and extended query; 54.2.4: pipelining). What cannot be told is written
down as lost, never guessed.
"""

from __future__ import annotations

import contextlib
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from checks.model.observations import SqlError
from checks.sql.split import split
from checks.wire import fields
from checks.wire.fields import FieldError
from checks.wire.frames import Frame
from checks.wire.literals import LiteralError, has_parameters, with_values
from checks.wire.recorded import Recorded
from checks.wire.shelf import Shelf
from checks.wire.waiting import Asked, Overrun, Waiting

FROM_CLIENT = frozenset({b"Q", b"P", b"B", b"E", b"D", b"C", b"S", b"F"})
"""Query, Parse, Bind, Execute, Describe, Close, Sync, FunctionCall."""
FROM_SERVER = frozenset({b"1", b"2", b"3", b"C", b"E", b"I", b"s", b"Z", b"t", b"n", b"T", b"G", b"V"})
TOO_LARGE = "the text is larger than what is kept"
NOT_KNOWN = "the text was not seen"
TOO_MUCH = "nothing that follows is known: its connection asks on and on without waiting for an answer"
COPIED = "the rows that COPY was sent are not kept"
CALLED = "only the number of the function is known that it calls (FunctionCall)"
NOT_BOUND = "the parameters were never sent"
NOT_ANSWERED = "the end was not seen: the connection ended before"


@dataclass
class _Prepared:
    sql: str
    types: tuple[int, ...]


@dataclass
class _Portal:
    """A statement with its values."""

    sql: str
    sent: str = ""
    lost: str = ""
    has_begun: bool = False
    """Another Execute fetches what the first one has left, and runs nothing again (docs, 54.2.3)."""


class Recorder:
    """Listens to one connection after its startup."""

    def __init__(self, connection: int, write: Callable[[Recorded], None], began: float) -> None:
        self._connection = connection
        self._write = write
        self._began = began
        self._asked = Waiting()
        self._prepared: Shelf[_Prepared] = Shelf()
        self._portals: Shelf[_Portal] = Shelf()
        self._in_transaction = False
        self._is_deaf = False

    # ── what the client says

    def sent(self, frame: Frame) -> None:
        if self._is_deaf:
            return
        try:
            self._sent(frame)
        except Overrun:
            self._is_deaf = True
            self._write(self._recorded(_Portal("", lost=TOO_MUCH)))
            self._asked = Waiting()

    def _sent(self, frame: Frame) -> None:
        try:
            self._understood(frame.type, frame.body)
        except FieldError:
            self._ask(frame.type, self._recorded(_Portal("", lost=NOT_KNOWN)))

    def _understood(self, type: bytes, body: bytes | None) -> None:
        if body is None:
            self._too_large(type)
            return
        match type:
            case b"Q":
                self._query(body)
            case b"P":
                self._asked.add(Asked(b"P", parse=fields.parse(body), size=len(body)))
            case b"B":
                self._bind(fields.bind(body))
            case b"D":
                kind, name = fields.named(body)
                self._asked.add(Asked(b"D", name if kind == b"S" else ""))
            case b"E":
                self._execute(fields.Fields(body).text())
            case b"C":
                self._close(*fields.named(body))
            case b"F":
                self._ask(b"F", self._recorded(_Portal("", lost=CALLED)))
            case b"S":
                self._asked.add(Asked(b"S"))
            case _:
                pass

    def _too_large(self, type: bytes) -> None:
        """Which name it is about is not known either, so nothing is known of any name."""
        if type in (b"P", b"B"):
            self._portals.clear()
            self._prepared.clear()
            self._forget_what_is_being_prepared()
            self._asked.add(Asked(type))
        elif type in FROM_CLIENT:
            self._ask(type, self._recorded(_Portal("", lost=TOO_LARGE)))

    def _forget_what_is_being_prepared(self) -> None:
        for asked in self._asked.newest_first():
            asked.parse = None

    def _query(self, body: bytes) -> None:
        text = fields.Fields(body).text()
        parts = [one.sql for one in split(text, "", 1)] or [text.strip()]
        self._ask(b"Q", *(self._recorded(_Portal(part, part)) for part in parts if part), size=len(body))

    def _bind(self, bound: fields.Bind) -> None:
        # What is being prepared in the same breath has no answer yet: the newest of the name counts.
        waiting = (asked.parse for asked in self._asked.newest_first() if asked.parse)
        new = next((parse for parse in waiting if parse.name == bound.statement), None)
        known = _Prepared(new.sql, new.types) if new else self._prepared.get(bound.statement)
        portal = _filled(known, bound) if known else _Portal("", lost=NOT_KNOWN)
        self._portals.put(bound.portal, portal, len(portal.sql))
        self._asked.add(Asked(b"B"))

    def _execute(self, name: str) -> None:
        portal = self._portals.get(name) or _Portal("", lost=NOT_KNOWN)
        if portal.has_begun:
            self._ask(b"E")
            return
        portal.has_begun = True
        self._ask(b"E", self._recorded(portal), size=len(portal.sql))

    def _close(self, kind: bytes, name: str) -> None:
        if kind == b"S":
            self._prepared.drop(name)
        else:
            self._portals.drop(name)
        self._asked.add(Asked(b"C"))

    def _ask(self, what: bytes, *statements: Recorded, size: int = 0) -> None:
        self._asked.add(Asked(what, statements=deque(statements), size=size))

    def _recorded(self, portal: _Portal) -> Recorded:
        return Recorded(
            connection=self._connection,
            sql=portal.sql,
            sent=portal.sent,
            in_transaction=self._in_transaction,
            started=self._now(),
            lost=portal.lost,
        )

    def ended(self) -> None:
        """The connection is gone, and with it whatever was not committed."""
        while self._asked.first:
            for one in self._asked.pop().statements:
                self._write(one.model_copy(update={"lost": one.lost or NOT_ANSWERED}))
        if self._in_transaction:
            self._write(self._recorded(_Portal("ROLLBACK")).model_copy(update={"tag": "ROLLBACK"}))

    # ── what the server answers

    def answered(self, frame: Frame) -> None:
        with contextlib.suppress(FieldError):  # no server sends what its own type does not allow
            self._answered(frame)

    def _answered(self, frame: Frame) -> None:
        match frame.type:
            case b"C":
                self._done(fields.Fields(frame.body or b"\0").text())
            case b"I" | b"s" | b"V":
                self._done("")
            case b"E":
                self._failed(fields.error(frame.body or b"\0"))
            case b"t" if frame.body is not None:
                self._learn(fields.parameter_types(frame.body))
            case b"1":
                self._was_prepared()
            case b"2" | b"3":
                self._pop(b"B", b"C")
            case b"T" | b"n":
                self._pop(b"D")
            case b"G":
                self._note_copy()
            case b"Z":
                self._ready(frame.body or b"I")
            case _:
                pass

    def _was_prepared(self) -> None:
        asked = self._pop(b"P")
        if asked and asked.parse:
            parse = asked.parse
            self._prepared.put(parse.name, _Prepared(parse.sql, parse.types), len(parse.sql))

    def _learn(self, types: tuple[int, ...]) -> None:
        known = self._prepared.get(self._asked.first.name) if self._asked.first else None
        if known is not None:
            known.types = types

    def _note_copy(self) -> None:
        """COPY waits for rows. A Sync that was sent before them is not heard (docs, 54.2.6)."""
        first = self._asked.first
        if first and first.statements:
            first.statements[0] = first.statements[0].model_copy(update={"lost": COPIED})
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
        statement = next(self._meant(), None)
        if statement:
            self._end(statement, error=error)
        asked.statements.clear()
        if asked.what not in (b"Q", b"F"):
            while (first := self._asked.first) and first.what not in _ENDS:
                self._asked.pop()

    def _meant(self) -> Iterator[Recorded]:
        """What fails: the statement with its values if it was executed in the same breath, else as it was prepared."""
        for asked in self._asked.oldest_first():
            if asked.statements:
                yield asked.statements[0]
            if asked.what in _ENDS:
                break
        if self._asked.first and (parse := self._asked.first.parse):
            lost = NOT_BOUND if has_parameters(parse.sql) else ""
            yield self._recorded(_Portal(parse.sql, parse.sql, lost))

    def _ready(self, status: bytes) -> None:
        """The end of a Query, or of everything up to a Sync."""
        while self._asked.first and self._asked.pop().what not in _ENDS:
            pass
        self._in_transaction = status != b"I"
        if not self._in_transaction:
            self._forget_portals()

    def _forget_portals(self) -> None:
        """They end with their transaction, but for those that were bound since."""
        if self._asked.first is None:
            self._portals.clear()

    def _end(self, statement: Recorded, tag: str = "", error: SqlError | None = None) -> None:
        took = self._now() - statement.started
        self._write(
            statement.model_copy(
                update={
                    "tag": tag, "error": error, "duration_ms": took, "in_transaction": self._in_transaction,
                }
            )
        )  # fmt: skip

    def _pop(self, *kinds: bytes) -> Asked | None:
        first = self._asked.first
        return self._asked.pop() if first and first.what in kinds else None

    def _now(self) -> float:
        return (time.perf_counter() - self._began) * 1000


_ENDS = (b"Q", b"S", b"F")
"""What the server answers with ReadyForQuery at its end."""


def _filled(prepared: _Prepared, bound: fields.Bind) -> _Portal:
    try:
        return _Portal(with_values(prepared.sql, bound, prepared.types), prepared.sql)
    except LiteralError as error:
        return _Portal(prepared.sql, prepared.sql, str(error))
