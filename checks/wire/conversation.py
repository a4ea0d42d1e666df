"""One connection's questions and answers, put together to the statements that were run.

The server answers in the order in which it was asked, so what the client has sent waits in a queue for its answers
(PostgreSQL docs, 54.2.2 and 54.2.3: simple and extended query; 54.2.4: pipelining). What cannot be told is written
down as lost, never guessed.
"""

from __future__ import annotations

from collections.abc import Callable

from checks.model.observations import SqlError
from checks.wire.portals import Portal, Portals
from checks.wire.recorded import Recorded
from checks.wire.waiting import Running, Waiting

NOT_ANSWERED = "the end was not seen: the connection ended before"


class Conversation:
    """What both sides of a connection have to know, after its startup, and how it is written down."""

    def __init__(self, connection: int, write: Callable[[Recorded], None]) -> None:
        self.asked = Waiting()
        self.portals = Portals()
        self.in_transaction = False
        self.now = 0.0
        """When what is being heard came: milliseconds since the command began."""
        self._connection = connection
        self._write = write

    def running(self, portal: Portal) -> Running:
        return Running(portal.sql, portal.sent, portal.lost, self.in_transaction, self.now)

    def end(self, one: Running, tag: str = "", error: SqlError | None = None) -> None:
        one.in_transaction = self.in_transaction
        self._write_down(one, self.now - one.started, tag, error)

    def lose(self, one: Running, reason: str) -> None:
        """Its end is not seen any more."""
        one.lost = one.lost or reason
        self._write_down(one)

    def ended(self, now: float) -> None:
        """The connection is gone, and with it whatever was not committed."""
        self.now = now
        while self.asked.first:
            for one in self.asked.pop().statements:
                self.lose(one, NOT_ANSWERED)
        if self.in_transaction:
            self._write_down(self.running(Portal("ROLLBACK")), tag="ROLLBACK")

    def _write_down(
        self, one: Running, took: float = 0.0, tag: str = "", error: SqlError | None = None
    ) -> None:
        self._write(
            Recorded(
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
        )
