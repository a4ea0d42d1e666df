"""A session as a migration tool has it, and what the server answers to each statement.

Statements go out as simple queries (PostgreSQL docs, 54.2.2) without any parsing on this side. Rows are
discarded as they come, notices are capped, ``COPY … FROM STDIN`` is refused: nothing that a script does
can fill the memory of this process or leave it waiting past the time limit.
"""

from __future__ import annotations

import re
import select
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

import psycopg
from psycopg import pq
from psycopg.errors import Diagnostic

from checks.errors import SandboxLost, SettingsError
from checks.model.observations import SqlError
from checks.sandbox.server import Database, Role
from checks.sandbox.watchdog import Limit, time_limit
from checks.settings import Settings

MAX_NOTICES = 20
MAX_REMARKS = 1_000
MAX_TEXT = 4_000
"""Characters of one message that are kept."""

_REMARKS_FROM = frozenset(
    {
        "ATRewriteTable",
        "ATPrepChangePersistence",
        "validateForeignKeyConstraint",
        "validateCheckConstraint",
        "index_build",
        "NotNullImpliedByRelConstraints",
        "ConstraintImpliedByRelConstraint",
        "QueuePartitionConstraintValidation",
        "check_default_partition_contents",
    }
)
"""The server's own functions whose debug messages are evidence. A script's ``RAISE DEBUG`` comes from another."""

_USAGE = re.compile(r"([\d.]+) s user, ([\d.]+) s system")
"""In what ``log_statement_stats`` makes the server say behind a query."""

_ENDED = frozenset({"57P01", "57P05", "25P03", "25P04"})
"""How the server ends one session and goes on itself: by command, or by a timeout that the script set."""


@dataclass(frozen=True)
class Completed:
    """One statement that the server finished."""

    tag: str
    """``UPDATE 5``, ``ALTER TABLE``."""
    rows: int | None
    """The number in the tag, for the commands that have one."""
    at: float
    """Milliseconds since the query was sent."""


@dataclass
class Reply:
    """The answer to one simple query."""

    completed: list[Completed] = field(default_factory=list)
    rows: list[tuple[bytes | None, ...]] = field(default_factory=list)
    """Of the commands that went before the query; those of the query itself are discarded."""
    is_prepared: bool = True
    """Whether the commands before the query succeeded."""
    error: SqlError | None = None
    position: int | None = None
    """Where in the query the error is, in characters from 1."""
    notices: list[tuple[int, str]] = field(default_factory=list)
    """Each with the number of statements that were completed before it."""
    remarks: list[str] = field(default_factory=list)
    """The server's own debug messages: ``rewriting table "a"``."""
    duration_ms: float = 0.0
    processor_ms: float | None = None
    """Of the server's process, where ``log_statement_stats`` is on and the session hears messages of level ``log``."""
    expired: bool = False
    """The time limit ended it."""
    lost: bool = False
    """The session is gone, the server is not."""


class Session:
    """One connection of the role that runs migrations, with the settings that a tool's session would have."""

    def __init__(self, database: Database, settings: Settings, *, messages: str = "notice") -> None:
        self._server = database.server
        self._limit_seconds = settings.limits.statement_seconds
        self._connection = _connect(database, settings, messages)
        self._pgconn = self._connection.pgconn
        self._poll = select.poll()
        self._reply = Reply()
        self._connection.add_notice_handler(self._hear)
        self.pid = self._connection.info.backend_pid

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._connection.close()

    @property
    def in_transaction(self) -> bool:
        return self._pgconn.transaction_status in (pq.TransactionStatus.INTRANS, pq.TransactionStatus.INERROR)

    def run(
        self,
        query: str,
        *,
        first: Sequence[str] = (),
        aside: Callable[[], None] | None = None,
        meanwhile: Callable[[], None] | None = None,
    ) -> Reply:
        """Send one simple query and wait for the end of its answer.

        ``first`` are commands of our own that go before it, in the same message. ``aside`` is work of ours for the
        time when the server has begun with it; ``meanwhile`` is called again and again while the server works.
        Raises SandboxLost when the server is gone.
        """
        self._reply = reply = Reply()
        prefix = "".join(f"{command};\n" for command in first)
        start = time.perf_counter()
        limit: Limit | None = None
        try:
            with time_limit(self._server, self._connection, self._limit_seconds) as limit:
                self._send(prefix + query)
                if aside:
                    aside()
                self._receive(reply, len(first), meanwhile, start)
        except psycopg.OperationalError as error:
            self._lose(reply, error)
        reply.duration_ms = (time.perf_counter() - start) * 1000
        reply.expired = reply.error is not None and limit is not None and limit.expired
        if first:
            _leave_out(reply, len(first), len(prefix))
        return reply

    def _send(self, query: str) -> None:
        self._pgconn.send_query(query.encode())
        self._pgconn.set_single_row_mode()
        self._pgconn.flush()

    def _receive(self, reply: Reply, kept: int, meanwhile: Callable[[], None] | None, start: float) -> None:
        try:
            while (result := self._next_result(meanwhile)) is not None:
                self._take(result, reply, kept, start)
        except psycopg.OperationalError as error:
            raise _why_closed(reply) from error
        if self._connection.broken:
            raise _why_closed(reply)

    def _next_result(self, meanwhile: Callable[[], None] | None) -> pq.abc.PGresult | None:
        while self._pgconn.is_busy():
            self._wait(0.001 if meanwhile else None)
            if meanwhile:
                meanwhile()
        return self._pgconn.get_result()

    def _wait(self, seconds: float | None) -> None:
        self._poll.register(
            self._pgconn.socket, select.POLLIN | (select.POLLOUT if self._pgconn.flush() else 0)
        )
        if self._poll.poll(None if seconds is None else seconds * 1000):
            self._pgconn.consume_input()
            while self._pgconn.notifies() is not None:
                pass

    def _take(self, result: pq.abc.PGresult, reply: Reply, kept: int, start: float) -> None:
        status = result.status
        if status == pq.ExecStatus.SINGLE_TUPLE:
            if len(reply.completed) < kept:
                reply.rows.append(tuple(result.get_value(0, column) for column in range(result.nfields)))
        elif status == pq.ExecStatus.FATAL_ERROR:
            reply.error, reply.position = _error(result), _position(result)
        elif status == pq.ExecStatus.COPY_IN:
            self._pgconn.put_copy_end(
                b"the data would have to come from a client, and a migration tool sends none"
            )
        elif status in (pq.ExecStatus.COPY_OUT, pq.ExecStatus.COPY_BOTH):
            self._discard_copy()
        elif status in (pq.ExecStatus.COMMAND_OK, pq.ExecStatus.TUPLES_OK):
            tag = (result.command_status or b"").decode()
            elapsed = (time.perf_counter() - start) * 1000
            reply.completed.append(Completed(tag, result.command_tuples, elapsed))

    def _discard_copy(self) -> None:
        while (received := self._pgconn.get_copy_data(1)[0]) != -1:
            if received == 0:
                self._wait(None)

    def _lose(self, reply: Reply, error: psycopg.OperationalError) -> None:
        """The server lives (else time_limit had raised): only this session was ended, unless it crashed."""
        if not isinstance(error, psycopg.errors.AdminShutdown):
            raise SandboxLost(f"PostgreSQL's process for this session crashed: {_one_line(error)}") from error
        reply.lost = True

    def _hear(self, notice: Diagnostic) -> None:
        reply = self._reply
        severity = notice.severity_nonlocalized
        text = (notice.message_primary or "")[:MAX_TEXT]
        if severity in ("NOTICE", "WARNING"):
            if len(reply.notices) < MAX_NOTICES:
                reply.notices.append((len(reply.completed), f"{severity}: {text}"))
        elif notice.source_function == "ShowUsage":
            reply.processor_ms = _processor_ms(notice.message_detail or "")
        elif notice.source_function in _REMARKS_FROM and len(reply.remarks) < MAX_REMARKS:
            reply.remarks.append(text)


def _connect(database: Database, settings: Settings, messages: str) -> psycopg.Connection[tuple[object, ...]]:
    options = {**settings.parameters, "client_min_messages": messages}
    if settings.search_path is not None:
        options["search_path"] = settings.search_path
    try:
        return database.connect(Role.APP, options=options)
    except psycopg.OperationalError as error:
        refused = error
    try:
        database.connect(Role.APP).close()
    except psycopg.OperationalError as error:
        raise SandboxLost(f"the database takes no more sessions: {_one_line(error)}") from error
    raise SettingsError(
        f"PostgreSQL refuses the session's settings: {_one_line(refused)}",
        hint="Correct `parameters` or `search_path` in the configuration.",
    )


def _leave_out(reply: Reply, commands: int, length: int) -> None:
    """Make it the reply to what came behind the first commands, which are so many characters long."""
    done = len(reply.completed)
    began = reply.completed[min(commands, done) - 1].at if done else 0.0
    reply.is_prepared = done >= commands
    reply.duration_ms -= began
    reply.completed = [Completed(one.tag, one.rows, one.at - began) for one in reply.completed[commands:]]
    reply.notices = [(max(place - commands, 0), text) for place, text in reply.notices]
    if reply.position is not None:
        reply.position = max(reply.position - length, 1)


def _why_closed(reply: Reply) -> psycopg.OperationalError:
    """The server's last words, when it had any, tell an ended session from a crash."""
    if reply.error is None:
        return psycopg.OperationalError("the server closed the connection")
    kind = psycopg.errors.AdminShutdown if reply.error.sqlstate in _ENDED else psycopg.OperationalError
    return kind(reply.error.message)


def _processor_ms(usage: str) -> float | None:
    found = _USAGE.search(usage)
    return 1000 * (float(found[1]) + float(found[2])) if found else None


def _error(result: pq.abc.PGresult) -> SqlError:
    def text(field: pq.DiagnosticField) -> str | None:
        value = result.error_field(field)
        return value.decode(errors="replace")[:MAX_TEXT] if value is not None else None

    return SqlError(
        sqlstate=text(pq.DiagnosticField.SQLSTATE)
        or "08006",  # connection_failure: libpq's own errors have none
        message=text(pq.DiagnosticField.MESSAGE_PRIMARY)
        or _one_line(result.error_message.decode(errors="replace")),
        hint=text(pq.DiagnosticField.MESSAGE_HINT),
        detail=text(pq.DiagnosticField.MESSAGE_DETAIL),
        context=text(pq.DiagnosticField.CONTEXT),
    )


def _position(result: pq.abc.PGresult) -> int | None:
    value = result.error_field(pq.DiagnosticField.STATEMENT_POSITION)
    return int(value) if value else None


def _one_line(error: object) -> str:
    return " ".join(str(error).split())[:MAX_TEXT]
