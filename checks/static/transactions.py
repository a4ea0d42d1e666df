"""Which transaction each statement of a script runs in, from how the tool sends it and what the script says."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

from checks.model.migrations import TransactionMode

_BEGINS = ("BEGIN", "START TRANSACTION")


def transactions_of(kinds: Sequence[str], is_end: Sequence[bool], mode: TransactionMode) -> list[int | None]:
    """Counted from 1; None for a statement that commits by itself. ``kinds`` are command tags; ``is_end`` says
    which of them end a transaction (not ROLLBACK TO)."""
    if mode is TransactionMode.SINGLE_QUERY:
        return _of_one_query(is_end)
    number = int(mode is not TransactionMode.AUTOCOMMIT)
    inside = number > 0
    found: list[int | None] = []
    for kind, ends in zip(kinds, is_end, strict=True):
        if kind in _BEGINS and not inside:
            number, inside = number + 1, True
        found.append(number if inside else None)
        inside = inside and not ends
    return found


def _of_one_query(is_end: Sequence[bool]) -> list[int | None]:
    """One simple query (PostgreSQL docs, 54.2.2.1): COMMIT and ROLLBACK divide it."""
    if len(is_end) == 1:
        return [None]
    return [1 + ends for ends in accumulate(is_end[:-1], initial=0)]
