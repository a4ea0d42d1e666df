"""A change and what its snapshots say on both sides: what all parts of a review look at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from checks.ash.blame import Blame
from checks.ash.expected import Wanted
from checks.ash.leftovers import GENERATED
from checks.ash.resources import resource_of
from checks.ash.standing import Said
from checks.frameworks.view import View
from checks.model.migrations import Change


@dataclass(frozen=True)
class Sides:
    change: Change
    before: View
    after: View
    old: Said | None
    new: Said

    @cached_property
    def wanted(self) -> Mapping[str, Wanted]:
        """``schema.table`` → its snapshot at head."""
        return {wanted.table: wanted for wanted in self.new.tables.values()}

    @cached_property
    def older(self) -> Mapping[str, Wanted]:
        """The same at base."""
        return {wanted.table: wanted for wanted in (self.old.tables if self.old else {}).values()}

    @cached_property
    def generated(self) -> tuple[str, ...]:
        """Changed migrations that ash_postgres wrote."""
        paths = (one.migration.path for one in self.change.migrations)
        return tuple(path for path in paths if self.after.holds(path, GENERATED))

    @cached_property
    def blame(self) -> Blame:
        return Blame(self.change)

    def resource(self, wanted: Wanted) -> str | None:
        return resource_of(self.after, self.change.head.folder, wanted.snapshot.table)
