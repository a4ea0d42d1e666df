"""One connection's two streams, put together to the statements that were run.

The server answers in the order in which it was asked, so what the client has sent waits in a queue for its answers
(PostgreSQL docs, 54.2.2 and 54.2.3: simple and extended query; 54.2.4: pipelining).
"""

from __future__ import annotations

import contextlib
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from checks.model import SqlError
from checks.sql.split import split
from checks.wire import fields
from checks.wire.fields import FieldError
from checks.wire.frames import Frame
from checks.wire.literals import LiteralError, with_values
from checks.wire.recorded import Recorded

FROM_CLIENT = frozenset({b"Q", b"P", b"B", b"E", b"D", b"C", b"S", b"d"})
"""Query, Parse, Bind, Execute, Describe, Close, Sync; of CopyData only that there is some."""
FROM_SERVER = frozenset({b"1", b"2", b"3", b"C", b"E", b"I", b"s", b"Z", b"t", b"n", b"T", b"G"})
TOO_LARGE = "its text is larger than what is kept"
COPIED = "the rows that COPY was sent are not kept"


@dataclass
class _Asked:
    """Something that the server has to answer."""

    what: bytes
    """The message's type."""
    name: str = ""
    """Of the prepared statement that a Describe asks about."""
    statements: deque[Recorded] = field(default_factory=deque)
    """What a Query or Execute runs, in order."""
    parse: fields.Parse | None = None


@dataclass
class _Prepared:
    sql: str
    types: tuple[int, ...]


@dataclass(frozen=True)
class _Portal:
    """A statement with its values."""

    sql: str
    sent: str = ""
    lost: str = ""


class Recorder:
    """Listens to one connection after its startup."""

    def __init__(self, connection: int, write: Callable[[Recorded], None], began: float) -> None:
        self._connection = connection
        self._write = write
        self._began = began
        self._asked: deque[_Asked] = deque()
        self._prepared: dict[str, _Prepared] = {}
        self._portals: dict[str, _Portal] = {}
        self._in_transaction = False

    # ── what the client says

    def sent(self, frame: Frame) -> None:
        try:
            self._sent(frame)
        except FieldError:
            self._ask(frame.type, self._recorded(_UNKNOWN))

    def _sent(self, frame: Frame) -> None:
        body = frame.body
        match frame.type:
            case b"Q":
                self._query(body)
            case b"P" if body is not None:
                self._asked.append(_Asked(b"P", parse=fields.parse(body)))
            case b"B" if body is not None:
                self._bind(fields.bind(body))
            case b"D" if body is not None:
                kind, name = fields.named(body)
                self._asked.append(_Asked(b"D", name if kind == b"S" else ""))
            case b"E" if body is not None:
                portal = self._portals.get(fields.Fields(body).text(), _UNKNOWN)
                self._ask(b"E", self._recorded(portal))
            case b"C" | b"S" | b"P" | b"B":
                self._asked.append(_Asked(frame.type))
            case _:
                pass

    def _query(self, body: bytes | None) -> None:
        if body is None:
            self._ask(b"Q", self._recorded(_UNKNOWN))
            return
        text = fields.Fields(body).text()
        parts = [one.sql for one in split(text, "", 1)] or [text.strip()]
        self._ask(b"Q", *(self._recorded(_Portal(part, part)) for part in parts if part))

    def _bind(self, bound: fields.Bind) -> None:
        # What is being prepared in the same breath has no answer yet: the newest of the name counts.
        waiting = (asked.parse for asked in reversed(self._asked) if asked.parse)
        new = next((parse for parse in waiting if parse.name == bound.statement), None)
        known = _Prepared(new.sql, new.types) if new else self._prepared.get(bound.statement)
        self._portals[bound.portal] = _filled(known, bound) if known else _UNKNOWN
        self._asked.append(_Asked(b"B"))

    def _ask(self, what: bytes, *statements: Recorded) -> None:
        self._asked.append(_Asked(what, statements=deque(statements)))

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
            case b"I" | b"s":
                self._done("")
            case b"E":
                self._failed(fields.error(frame.body or b"\0"))
            case b"t" if frame.body is not None and self._asked:
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
            self._prepared[asked.parse.name] = _Prepared(asked.parse.sql, asked.parse.types)

    def _learn(self, types: tuple[int, ...]) -> None:
        known = self._prepared.get(self._asked[0].name)
        if known is not None:
            known.types = types

    def _note_copy(self) -> None:
        if self._asked and self._asked[0].statements:
            first = self._asked[0].statements[0]
            self._asked[0].statements[0] = first.model_copy(update={"lost": COPIED})

    def _done(self, tag: str) -> None:
        if not self._asked or self._asked[0].what not in (b"Q", b"E"):
            return
        asked = self._asked[0]
        if asked.statements:
            self._end(asked.statements.popleft(), tag=tag)
        if asked.what == b"E":
            self._asked.popleft()

    def _failed(self, error: SqlError) -> None:
        if not self._asked:
            return
        asked = self._asked[0]
        if asked.statements:
            self._end(asked.statements.popleft(), error=error)
        asked.statements.clear()
        if asked.what != b"Q":
            while self._asked and self._asked[0].what not in (b"S", b"Q"):
                self._asked.popleft()

    def _ready(self, status: bytes) -> None:
        """The end of a Query, or of everything up to a Sync."""
        while self._asked and self._asked.popleft().what not in (b"Q", b"S"):
            pass
        self._in_transaction = status != b"I"

    def _end(self, statement: Recorded, tag: str = "", error: SqlError | None = None) -> None:
        took = self._now() - statement.started
        self._write(
            statement.model_copy(
                update={
                    "tag": tag, "error": error, "duration_ms": took, "in_transaction": self._in_transaction,
                }
            )
        )  # fmt: skip

    def _pop(self, *kinds: bytes) -> _Asked | None:
        return self._asked.popleft() if self._asked and self._asked[0].what in kinds else None

    def _now(self) -> float:
        return (time.perf_counter() - self._began) * 1000


_UNKNOWN = _Portal("", lost=TOO_LARGE)


def _filled(prepared: _Prepared, bound: fields.Bind) -> _Portal:
    try:
        return _Portal(with_values(prepared.sql, bound, prepared.types), prepared.sql)
    except LiteralError as error:
        return _Portal(prepared.sql, prepared.sql, str(error))
