"""Which statement of the change is behind a deviation."""

from __future__ import annotations

import re
from collections.abc import Iterator

from checks.ash.deviation import Deviation
from checks.ash.vocabulary import Kind
from checks.model.migrations import Change, ChangedMigration, ChangeKind, Statement

_INDEXES = (Kind.INDEX, Kind.IDENTITY)
"""A DROP INDEX does not name the table."""


class Blame:
    def __init__(self, change: Change) -> None:
        self._changed = [one for one in change.migrations if one.kind is not ChangeKind.DELETED]
        self._past = {one.migration.path for one in change.edited}
        self._deleted = [one for one in change.migrations if one.kind is ChangeKind.DELETED]

    def place(self, deviation: Deviation) -> tuple[str, int] | None:
        """File and line of the last statement that names table and object; else of the last that names one of them."""
        table = [one for one in self._statements() if _names(one, deviation.table.partition(".")[2])]
        both = [one for one in table if _names(one, deviation.name)]
        alone = [
            one for one in self._statements() if deviation.kind in _INDEXES and _names(one, deviation.name)
        ]
        best = next(iter([*both[::-1], *alone[::-1], *table[::-1]]), None)
        return (best.path, best.line) if best else None

    def is_of_the_past(self, deviation: Deviation) -> bool:
        """Whether it is a migration that databases have applied already, and which reads otherwise now or is gone."""
        place = self.place(deviation)
        if place is not None:
            return place[0] in self._past
        return bool(self._past) or bool(self._deleted)

    def _statements(self) -> Iterator[Statement]:
        for one in self._changed:
            yield from _of(one)


def _of(one: ChangedMigration) -> Iterator[Statement]:
    if one.migration.up:
        yield from one.migration.up.statements


def _names(statement: Statement, name: str) -> bool:
    return bool(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", statement.sql))
