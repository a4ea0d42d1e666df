"""A CHECK that is there for a while, as proof of what a later step would otherwise read all rows for."""

from __future__ import annotations

from dataclasses import dataclass

from checks.plan.model import Phase, Step
from checks.plan.statement import Part
from checks.rules.wording import quoted, short

DONE = "The check has done its work."


@dataclass(frozen=True)
class Checked:
    part: Part
    relation: str
    """``schema.name``"""
    name: str
    condition: str
    caution: str = ""
    """Of what it does while it is there."""

    @property
    def _table(self) -> str:
        return quoted(short(self.relation))

    @property
    def _add(self) -> str:
        return (
            f"ALTER TABLE {self._table} ADD CONSTRAINT {quoted(self.name)} CHECK ({self.condition}) NOT VALID"
        )

    @property
    def _validate(self) -> str:
        return f"ALTER TABLE {self._table} VALIDATE CONSTRAINT {quoted(self.name)}"

    @property
    def _drop(self) -> str:
        return f"ALTER TABLE {self._table} DROP CONSTRAINT {quoted(self.name)}"

    def for_new_rows(self, title: str = "") -> Step:
        title = (
            title
            or f"From now on nobody writes a row into `{short(self.relation)}` that breaks `{self.name}`."
        )
        return self.part.step(Phase.EXPAND, title, self._add, undo=(self._drop,), caution=self.caution)

    def validated(self) -> Step:
        title = f"Check all rows of `{short(self.relation)}` while writers go on."
        return self.part.step(Phase.SWITCH, title, self._validate, undo=(self._drop, self._add))

    def dropped(self, title: str = DONE) -> Step:
        return self.part.step(Phase.CONTRACT, title, self._drop, undo=(self._add, self._validate))
