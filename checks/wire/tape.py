"""What is kept of all that was heard: as much as a review can hold."""

from __future__ import annotations

from checks.wire.recorded import Recorded

MOST_STATEMENTS = 20_000
MOST_CHARACTERS = 64_000_000
TOO_MANY = f"all that followed is left out: more than {MOST_STATEMENTS:,} statements or {MOST_CHARACTERS:,} characters"


class Tape:
    """Statements in the order in which the server came to their ends; when it is full, one that says so."""

    def __init__(self) -> None:
        self.recorded: list[Recorded] = []
        self._characters = 0
        self._is_full = False

    def write(self, one: Recorded) -> None:
        if self._is_full:
            return
        self._characters += len(one.sql) + (len(one.sent) if one.sent != one.sql else 0)
        if len(self.recorded) >= MOST_STATEMENTS or self._characters > MOST_CHARACTERS:
            self._is_full = True
            one = Recorded(connection=one.connection, sql="", started=one.started, lost=TOO_MANY)
        self.recorded.append(one)
