"""What both passes write into an Observation."""

from __future__ import annotations

from typing import Any

from checks.model.migrations import Statement
from checks.model.observations import Observation
from checks.sql.parse import command_tag

_WRITES = ("INSERT", "UPDATE", "DELETE", "MERGE", "COPY")


def observation_of(statement: Statement, id: str, **facts: Any) -> Observation:
    """An Observation with what is known before a statement runs, and the given facts."""
    return Observation(
        id=id,
        sql=statement.sql,
        path=statement.path,
        line=statement.line,
        end_line=statement.end_line,
        line_is_guess=statement.line_is_guess,
        kind=command_tag(statement.sql),
        **facts,
    )


def rows_of(tag: str, rows: int | None) -> int | None:
    """The rows that a completed command wrote; None for a command that writes no rows."""
    return rows if tag.startswith(_WRITES) else None
