"""sql-migrate: ``notransaction`` behind the marker of a direction; a statement with semicolons inside stands in a block."""

from __future__ import annotations

from checks.plan.files.rewrite import Rewrite
from checks.plan.files.sections import Sections, behind_marker
from checks.plan.files.sql import New, Texts

_WITHOUT = " notransaction"


class SqlMigrate(Sections):
    down_marker = "-- +migrate Down"

    def ended(self, sql: str) -> str:
        return f"-- +migrate StatementBegin\n{sql};\n-- +migrate StatementEnd" if ";" in sql else f"{sql};"

    def outside(self, texts: Texts, rewrite: Rewrite) -> None:
        path = rewrite.migration.path
        texts.put(path, behind_marker(texts[path], r"^-- \+migrate Up\b", _WITHOUT))

    def content(self, new: New) -> str:
        up, down = (_WITHOUT if alone else "" for alone in (new.alone, new.down_alone))
        return self.lines(f"-- +migrate Up{up}", new.up, f"-- +migrate Down{down}", new.down)


write = SqlMigrate().write
one_step = SqlMigrate().one_step
with_down = SqlMigrate().with_down
