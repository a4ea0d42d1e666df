"""One statement on what is known when its turn comes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from checks.model.observations import LockMode
from checks.rules.actions import Action
from checks.settings import Settings
from checks.static import rows
from checks.static.facts import THE_TABLE, Facts, Kind
from checks.static.known import Group, Known


@dataclass
class Moment:
    known: Known
    settings: Settings
    postgres: int
    """``server_version_num``."""
    in_transaction: bool
    facts: Facts = field(default_factory=Facts)
    actions: tuple[Action, ...] = ()
    """What the statement asks for, or the command of a body whose turn it is."""
    asked: list[Action] = field(default_factory=list)
    """All of them."""
    to_come: frozenset[str] = frozenset()
    """Relations that later statements of the migration make, so that they need not be there yet."""
    filled: set[tuple[str, str]] = field(default_factory=set)
    """New columns of the statement that get a value in each row that is there."""
    inside: bool = False
    """It stands in the body of a function or a DO block."""

    def relation(self, name: str, kind: str = "table") -> str:
        """``schema.name`` of a relation that the statement takes for granted."""
        full = self.known.resolve(name)
        if self.known.get(full) is None:
            self.known.assume(full, rows.relation(kind, full))
        return full

    def lock(self, name: str, mode: LockMode, kind: str = "table") -> str:
        """Lock a relation by its name as it is written."""
        full = self.relation(name, kind)
        self.facts.lock(full, mode, self._kind(full))
        return full

    def lock_table_of_index(self, name: str, mode: LockMode) -> str:
        """Lock the table of an index, and assume the index where no file tells of it."""
        table = self.table_of_index(name)
        if table is None:
            table = self._assume_index(name)
        self.facts.lock(table, mode)
        return table

    def table_of_index(self, name: str) -> str | None:
        full = self.known.resolve(name)
        return self.known.find(("index", full))

    def is_live(self, table: str) -> bool:
        return self.known.is_live(table)

    def group(self, name: str) -> Group:
        return self.known.get(name) or {}

    def wait_open(self, *endings: str) -> None:
        for ending in endings:
            if ending not in self.facts.open:
                self.facts.open.append(ending)

    def make(self, name: str, group: Group) -> None:
        self.known.make(name, group)

    def drop_all(self, names: Iterable[str]) -> None:
        for name in names:
            self.known.drop(name)

    def _kind(self, full: str) -> Kind:
        group = self.group(full)
        kinds: tuple[Kind, ...] = ("table", "materialized view", "view")
        return next((kind for kind in kinds if (kind, full) in group), "other")

    def _assume_index(self, name: str) -> str:
        schema, last = rows.parts(self.known.resolve(name))
        if self.known.get(THE_TABLE) is None:
            self.known.assume(THE_TABLE, rows.relation("table", THE_TABLE))
        _, row, fact = rows.index(THE_TABLE, last, ())
        self.known.recall(THE_TABLE, ("index", f"{schema}.{last}"), row, {**fact, "schema": schema})
        return THE_TABLE
