"""dbmate: ``transaction:false`` on the marker of a section, which is then sent as one query."""

from __future__ import annotations

from checks.plan.files.rewrite import Rewrite
from checks.plan.files.sections import Sections, behind_marker
from checks.plan.files.sql import New, Texts

_FALSE = " transaction:false"


class Dbmate(Sections):
    down_marker = "-- migrate:down"
    several_alone = False

    def outside(self, texts: Texts, rewrite: Rewrite) -> None:
        path = rewrite.migration.path
        texts.put(path, behind_marker(texts[path], r"^--\s*migrate:up", _FALSE))

    def content(self, new: New) -> str:
        up, down = (_FALSE if alone else "" for alone in (new.alone, new.down_alone))
        return self.lines(f"-- migrate:up{up}", new.up, f"-- migrate:down{down}", new.down)


write = Dbmate().write
one_step = Dbmate().one_step
with_down = Dbmate().with_down
