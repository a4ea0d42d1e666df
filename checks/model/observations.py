"""What PostgreSQL did: locks, rewrites, scans, errors and times of each statement."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from checks.model.base import Model


class LockMode(StrEnum):
    """The eight table-level modes, weakest first (PostgreSQL docs, 13.3.1)."""

    ACCESS_SHARE = "ACCESS SHARE"
    ROW_SHARE = "ROW SHARE"
    ROW_EXCLUSIVE = "ROW EXCLUSIVE"
    SHARE_UPDATE_EXCLUSIVE = "SHARE UPDATE EXCLUSIVE"
    SHARE = "SHARE"
    SHARE_ROW_EXCLUSIVE = "SHARE ROW EXCLUSIVE"
    EXCLUSIVE = "EXCLUSIVE"
    ACCESS_EXCLUSIVE = "ACCESS EXCLUSIVE"

    @property
    def strength(self) -> int:
        return _STRENGTHS[self]

    @property
    def blocks_reads(self) -> bool:
        return self is LockMode.ACCESS_EXCLUSIVE

    @property
    def blocks_writes(self) -> bool:
        """Conflicts with the ROW EXCLUSIVE that INSERT, UPDATE, DELETE and MERGE take."""
        return self.strength >= LockMode.SHARE.strength


_STRENGTHS = {mode: strength for strength, mode in enumerate(LockMode)}


class Lock(Model):
    """A table-level lock that a statement newly took."""

    relation: str
    mode: LockMode
    existed_before: bool
    """Whether the relation was there before this change of migrations: only then can anybody wait for it."""
    held_until: Literal["statement", "commit"]
    statements_behind: int = 0
    """How many later statements of the same transaction run while it is held."""
    relation_kind: Literal["table", "index", "sequence", "view", "materialized view", "other"] = "table"


class SqlError(Model):
    """The server's error, as it reported it."""

    sqlstate: str
    message: str
    hint: str | None = None
    detail: str | None = None
    context: str | None = None
    line: int | None = None
    """The line of the file that the server's position points at."""


class NestedCommand(Model):
    """DDL that ran inside a DO block or function, as seen by an event trigger or the parser."""

    tag: str
    object: str | None = None
    locks: tuple[Lock, ...] = ()


class Timed(Model):
    """How long a statement took in the sandbox with so many rows in the table that decides."""

    rows: int
    ms: float


class Prediction(Model):
    """How long a statement will take on production's rows, as far as timing it on fewer of them tells."""

    relation: str
    """The largest of the tables that it works on."""
    rows: int
    """That production has in it."""
    low_ms: float
    high_ms: float
    growth: Literal["linear", "n log n", "none"]
    """With the rows; ``none``: it was timed at production's own number of rows."""
    timed: tuple[Timed, ...]
    """The fastest of several runs, for each number of rows."""
    width: float = 1.0
    """Bytes of a row in production for one byte of a row here."""


class Observation(Model):
    """A statement and what PostgreSQL did for it."""

    id: str
    """``"<migration id>/up/3"``: the third statement of the up script."""
    sql: str
    path: str
    line: int
    end_line: int
    line_is_guess: bool = False
    """PostgreSQL got the statement from the migration tool, and which line had it sent is not known for certain."""
    kind: str
    """The command, as PostgreSQL's tags spell it: ``ALTER TABLE``, ``CREATE INDEX``, ``DO``, ``UPDATE`` …"""
    transaction: int | None = None
    """Which of the script's transactions it ran in, from 1; None when it committed by itself."""
    ran: bool = True
    """False when the script stopped before it."""
    duration_ms: float = 0.0
    locks: tuple[Lock, ...] = ()
    """Newly taken by this statement, strongest mode per relation."""
    rewrites: tuple[str, ...] = ()
    """Tables and materialized views whose storage was written anew."""
    scans: tuple[str, ...] = ()
    """Tables that were read from end to end."""
    indexes_built: tuple[str, ...] = ()
    indexes_reused: tuple[str, ...] = ()
    validated: tuple[str, ...] = ()
    """Constraints checked against all rows by this statement."""
    rows: int | None = None
    """Rows that INSERT, UPDATE, DELETE, MERGE or COPY touched; None for other commands."""
    notices: tuple[str, ...] = ()
    """What the server said at NOTICE or WARNING, at most 20."""
    nested: tuple[NestedCommand, ...] = ()
    error: SqlError | None = None
    predicted: Prediction | None = None
    """Only with statistics of production, and for statements that take the longer, the more rows there are."""
    not_predicted: str = ""
    """Why there is no prediction of such a statement."""


class Trace(Model):
    """The observations of one run, in order."""

    observations: tuple[Observation, ...]
    failed: bool = False
    stopped_by: Literal["error", "time limit", "resource limit"] | None = None
    committed: bool = True
    duration_ms: float = 0.0
    unproven: tuple[str, ...] = ()
    """What this run could not observe, and why."""
