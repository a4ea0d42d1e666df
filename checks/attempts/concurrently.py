"""CONCURRENTLY where it cannot be: the same command without it.

Missing where it should be, it makes no migration fail: that is a hazard of its own, with its own advice.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from checks.attempts.failure import Failure, Proposal
from checks.attempts.places import Place, code_only, replaced
from checks.sql.parse import command_tag

NAME = "concurrently"
TITLE = "Without CONCURRENTLY"
MEANS = {
    "CREATE INDEX": "It locks out writes to the table for as long as the index is built.",
    "DROP INDEX": "It locks out reads and writes of the table until commit.",
    "REINDEX": "It locks out writes to the table, and reads that would use the index, while the index is built.",
    "REFRESH MATERIALIZED VIEW": "It locks out readers of the view while it is filled.",
    "ALTER TABLE": "It locks out reads and writes of the table until commit.",
}
"""By command: what the word had spared (PostgreSQL docs, 13.3.1 and the commands' own pages)."""

_IMPOSSIBLE = frozenset({"25001", "0A000", "55000", "42601"})
"""In a transaction; for this kind of object; without the unique index that it needs; in this combination."""
_CONCURRENTLY = re.compile(r"\s+CONCURRENTLY\b", re.IGNORECASE)


def proposals(failure: Failure) -> Iterator[Proposal]:
    place, sql = failure.place, failure.statement.sql
    means = MEANS.get(command_tag(sql))
    found = [*_CONCURRENTLY.finditer(code_only(sql))]
    if place is None or means is None or len(found) != 1 or failure.error.sqlstate not in _IMPOSSIBLE:
        return
    without = replaced(sql, [(Place(*found[0].span()), "")])
    yield Proposal(TITLE, failure.with_text(replaced(failure.text, [(place, without)])), means=means)
