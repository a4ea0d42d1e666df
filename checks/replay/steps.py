"""Take a database through the steps of a chain, as the tools did when they were deployed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from checks.model.migrations import Problem, Script, Statement, TransactionMode
from checks.model.observations import SqlError
from checks.progress import Progress
from checks.replay.chain import Link
from checks.replay.lacks import what_the_base_lacks, what_the_sandbox_lacks
from checks.replay.play import play
from checks.replay.session import Session
from checks.sandbox.server import Database
from checks.settings import Settings
from checks.sql.parse import command_tag

_CHANGES_NEW_SESSIONS = frozenset({"ALTER DATABASE", "ALTER ROLE", "SET SESSION AUTHORIZATION"})


def replay(
    database: Database, links: Sequence[Link], settings: Settings, progress: Progress
) -> tuple[Problem, ...]:
    failures: list[Problem] = []
    sessions = _Sessions(database, settings)
    try:
        for position, link in enumerate(links):
            progress("replaying the base", position, len(links))
            if link.script and link.script.statements:
                failures += _run(sessions, link, link.script)
    finally:
        sessions.close()
    return tuple(failures)


def _run(sessions: _Sessions, link: Link, script: Script) -> Iterator[Problem]:
    statements = script.statements
    mode = script.transaction
    if mode is TransactionMode.ALL_PENDING:
        mode = TransactionMode.TRANSACTION  # it was deployed by itself, some time ago
    left = list(statements)
    while left:
        last = play(sessions.fresh(), left, mode)[-1]
        sessions.used(left)
        if last.error:
            yield _failure(link, left[last.index], last.error)
        if not (last.error and link.forgiving):
            return
        left = left[last.index + 1 :]


class _Sessions:
    """One session for many migrations, made as good as new between them."""

    def __init__(self, database: Database, settings: Settings):
        self._database = database
        self._settings = settings
        self._session: Session | None = None

    def fresh(self) -> Session:
        """A session as a tool would open it. Reused where ``DISCARD ALL`` (PostgreSQL docs, DISCARD) makes it new."""
        if self._session is not None:
            if not self._session.in_transaction and self._session.run("DISCARD ALL").error is None:
                return self._session
            self.close()
        self._session = Session(self._database, self._settings)
        return self._session

    def used(self, statements: Sequence[Statement]) -> None:
        """Settings of a database or role are read when a session starts, so a later one has to be a new one."""
        if any(command_tag(statement.sql) in _CHANGES_NEW_SESSIONS for statement in statements):
            self.close()

    def close(self) -> None:
        if self._session is not None:
            self._session.close()
            self._session = None


def _failure(link: Link, statement: Statement, error: SqlError) -> Problem:
    remedy = what_the_sandbox_lacks(error) or what_the_base_lacks(error) or ""
    message = f"fails when the base is replayed: {error.message} (SQLSTATE {error.sqlstate}). {remedy}"
    return Problem(
        rule="base-step-failed",
        path=statement.path,
        line=error.line or statement.line,
        message=message.strip(),
    )
