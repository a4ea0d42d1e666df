"""Run scripts as the tool would, without watching them."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from checks.model.migrations import Script, Statement, TransactionMode
from checks.model.observations import SqlError
from checks.replay.play import play
from checks.replay.session import Session
from checks.sandbox.server import Database
from checks.settings import Settings

StoppedBy = Literal["error", "time limit", "resource limit"]

_RESOURCES = ("53", "58030")
"""insufficient_resources and io_error (PostgreSQL docs, appendix A)."""


@dataclass(frozen=True)
class Outcome:
    """How a run of scripts ended."""

    committed: bool
    """Everything ran, and no transaction was left open at the end of its session."""
    stopped_by: StoppedBy | None = None
    statement: Statement | None = None
    """The one at which it stopped."""
    error: SqlError | None = None
    duration_ms: float = 0.0


def execute(database: Database, scripts: Sequence[Script], settings: Settings) -> Outcome:
    """Run the scripts in order, each in a session of its own, up to the first statement that fails.

    Scripts that share one transaction (ALL_PENDING) share the session too. Raises SandboxLost when the
    server is gone.
    """
    start = time.perf_counter()
    outcome = Outcome(committed=True)
    for statements, mode in _sessions(scripts):
        outcome = _execute(database, statements, mode, settings)
        if not outcome.committed:
            break
    elapsed = (time.perf_counter() - start) * 1000
    return Outcome(outcome.committed, outcome.stopped_by, outcome.statement, outcome.error, elapsed)


def cause_of(error: SqlError, expired: bool) -> StoppedBy:
    """Why a run ended with this error; ``expired``: the time limit ended the statement."""
    if expired:
        return "time limit"
    return "resource limit" if error.sqlstate.startswith(_RESOURCES) else "error"


def _sessions(scripts: Sequence[Script]) -> list[tuple[list[Statement], TransactionMode]]:
    together: list[tuple[list[Statement], TransactionMode]] = []
    for mode, group in groupby(scripts, key=lambda script: script.transaction):
        if mode is TransactionMode.ALL_PENDING:
            together.append(([statement for script in group for statement in script.statements], mode))
        else:
            together += [(list(script.statements), mode) for script in group]
    return [(statements, mode) for statements, mode in together if statements]


def _execute(
    database: Database, statements: list[Statement], mode: TransactionMode, settings: Settings
) -> Outcome:
    with Session(database, settings) as session:
        last = play(session, statements, mode)[-1]
        if last.error is None:
            return Outcome(committed=not session.in_transaction)
        return Outcome(False, cause_of(last.error, last.expired), statements[last.index], last.error)
