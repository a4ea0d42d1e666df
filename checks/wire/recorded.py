"""What a client asked of the server, as it was seen on the wire."""

from __future__ import annotations

from typing import Self

from checks.model.base import Model
from checks.model.observations import SqlError

MASK = "***"


class Recorded(Model):
    """One statement that the server was asked to run."""

    connection: int
    """Which of the command's connections, from 1."""
    sql: str
    """With its parameters written out as literals."""
    sent: str = ""
    """As the client sent it, with ``$1`` for parameters; empty for the ROLLBACK that is the end of a connection."""
    tag: str = ""
    """``UPDATE 5``, ``ALTER TABLE``: the server's word that it was done; empty when it was not."""
    error: SqlError | None = None
    in_transaction: bool = False
    """Whether a transaction block was open when it was sent."""
    started: float
    """Milliseconds since the command began."""
    duration_ms: float = 0.0
    lost: str = ""
    """Why the text is not all that was asked: parameters that could not be read, rows of COPY."""

    def without(self, password: str) -> Self:
        """The same with a mask where the password stands: it is what the command was given, and no part of a report."""
        if not password or password not in self.model_dump_json():
            return self
        return self.model_validate_json(self.model_dump_json().replace(password, MASK))
