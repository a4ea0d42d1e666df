"""The transactions that a migration tool really opens around a script."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from checks.model.migrations import Statement, TransactionMode
from checks.model.observations import SqlError
from checks.replay.session import Reply, Session
from checks.sql.parse import command_tag

_SEPARATOR = "\n;\n"
_AT_COMMIT = "at COMMIT of the transaction"
_ENDS = frozenset({"COMMIT", "ROLLBACK", "PREPARE TRANSACTION"})
"""Tags of statements that may end a transaction."""


@dataclass(frozen=True)
class Played:
    """One statement as the tool ran it."""

    index: int
    """Its place among the statements, from 0."""
    duration_ms: float
    transaction: int | None
    """Counted from 1; None when it committed by itself."""
    tag: str = ""
    """The server's own, with a count: ``UPDATE 5``."""
    rows: int | None = None
    error: SqlError | None = None
    notices: tuple[str, ...] = ()
    expired: bool = False
    """The time limit ended it."""


def play(
    session: Session,
    statements: Sequence[Statement],
    mode: TransactionMode,
    before_commit: Callable[[int], None] = lambda transaction: None,
) -> list[Played]:
    """Run the statements up to the first that fails, as the tool would send them.

    A COMMIT of the tool that fails is an error of the last statement before it. ``before_commit`` is called
    with the number of an open transaction that is about to end, where statements are sent one by one.
    Raises SandboxLost.
    """
    if mode is TransactionMode.SINGLE_QUERY:
        return _as_one_query(session, statements)
    if mode is TransactionMode.AUTOCOMMIT or not statements:
        return _one_by_one(session, statements, before_commit)
    session.run("BEGIN")
    played = _one_by_one(session, statements, before_commit)
    if played[-1].error is None:
        if session.in_transaction:
            before_commit(max(done.transaction or 1 for done in played))
        played[-1] = _commit(session, played[-1])
    return played


def error_in(statement: Statement, error: SqlError, position: int | None) -> SqlError:
    """The error with the line of the file that its position (characters of the statement, from 1) points at."""
    if position is None:
        return error
    line = (statement.sql_line or statement.line) + statement.sql[: position - 1].count("\n")
    return error.model_copy(update={"line": min(line, statement.end_line)})


def _one_by_one(
    session: Session, statements: Sequence[Statement], before_commit: Callable[[int], None]
) -> list[Played]:
    played: list[Played] = []
    transactions = int(session.in_transaction)
    for index, statement in enumerate(statements):
        inside = session.in_transaction
        if inside and command_tag(statement.sql) in _ENDS:
            before_commit(transactions)
        reply = session.run(statement.sql)
        transactions += session.in_transaction and not inside
        in_transaction = inside or session.in_transaction
        played.append(_played(index, statement, reply, transactions if in_transaction else None))
        if reply.error:
            break
    return played


def _played(index: int, statement: Statement, reply: Reply, transaction: int | None) -> Played:
    last = reply.completed[-1] if reply.completed else None
    return Played(
        index=index,
        duration_ms=reply.duration_ms,
        transaction=transaction,
        tag=last.tag if last else "",
        rows=last.rows if last else None,
        error=error_in(statement, reply.error, reply.position) if reply.error else None,
        notices=tuple(text for _, text in reply.notices),
        expired=reply.expired,
    )


def _commit(session: Session, last: Played) -> Played:
    reply = session.run("COMMIT")
    if reply.error is None:
        return last
    return replace(last, error=at_commit(reply.error), expired=reply.expired)


def at_commit(error: SqlError) -> SqlError:
    """The error with the place that its message does not tell."""
    context = "\n".join(part for part in (error.context, _AT_COMMIT) if part)
    return error.model_copy(update={"context": context})


def is_at_commit(error: SqlError) -> bool:
    return error.context is not None and error.context.endswith(_AT_COMMIT)


def _as_one_query(session: Session, statements: Sequence[Statement]) -> list[Played]:
    reply = session.run(_SEPARATOR.join(statement.sql for statement in statements))
    transactions = _implicit_transactions(statements)
    ends = [done.at for done in reply.completed]
    played = [
        Played(
            index=index,
            duration_ms=done.at - (ends[index - 1] if index else 0.0),
            transaction=transactions[index],
            tag=done.tag,
            rows=done.rows,
            notices=tuple(text for place, text in reply.notices if place == index),
        )
        for index, done in enumerate(reply.completed)
    ]
    if reply.error:
        played.append(
            _failed(statements, reply, transactions, reply.duration_ms - (ends[-1] if ends else 0.0))
        )
    return played


def _failed(
    statements: Sequence[Statement], reply: Reply, transactions: Sequence[int | None], duration_ms: float
) -> Played:
    assert reply.error is not None
    index, position = min(len(reply.completed), len(statements) - 1), None
    if reply.position is not None:
        index, position = _locate(statements, reply.position)
    return Played(
        index=index,
        duration_ms=duration_ms,
        transaction=transactions[index],
        error=error_in(statements[index], reply.error, position),
        notices=tuple(text for place, text in reply.notices if place >= len(reply.completed)),
        expired=reply.expired,
    )


def _locate(statements: Sequence[Statement], position: int) -> tuple[int, int]:
    """Which statement of the joined query, and where in it (from 1)."""
    lengths = [len(statement.sql) + len(_SEPARATOR) for statement in statements]
    starts = [0, *accumulate(lengths)]
    index = max(index for index, start in enumerate(starts[:-1]) if start < position)
    return index, position - starts[index]


def _implicit_transactions(statements: Sequence[Statement]) -> list[int | None]:
    """The transactions of one simple query (PostgreSQL docs, 54.2.2.1): COMMIT and ROLLBACK divide it."""
    if len(statements) == 1:
        return [None]
    ended = [command_tag(statement.sql) in _ENDS for statement in statements]
    return [1 + sum(ended[:index]) for index in range(len(statements))]
