"""node-pg-migrate in SQL: all new migrations share one transaction, and only code can ask for none."""

from __future__ import annotations

from checks.plan.files.rewrite import Rewrite
from checks.plan.files.sections import Sections
from checks.plan.files.sql import New, Texts
from checks.plan.files.together import by_itself


class NodePgMigrate(Sections):
    down_marker = "-- Down Migration"
    can_be_alone = False

    def add(self, texts: Texts, rewrite: Rewrite, new: New) -> None:
        super().add(texts, rewrite, by_itself(rewrite, new))

    def content(self, new: New) -> str:
        return self.lines("-- Up Migration", new.up, "-- Down Migration", new.down)


write = NodePgMigrate().write
with_down = NodePgMigrate().with_down
