"""goose: ``-- +goose NO TRANSACTION`` counts for the whole file; a statement with semicolons inside stands in a block."""

from __future__ import annotations

from checks.plan.files.rewrite import Rewrite
from checks.plan.files.sections import Sections, before_marker
from checks.plan.files.sql import New, Texts

_NO_TRANSACTION = "-- +goose NO TRANSACTION"


class Goose(Sections):
    down_marker = "-- +goose Down"

    def ended(self, sql: str) -> str:
        """goose cuts at a semicolon that ends a line, wherever it stands."""
        return f"-- +goose StatementBegin\n{sql};\n-- +goose StatementEnd" if ";" in sql else f"{sql};"

    def outside(self, texts: Texts, rewrite: Rewrite) -> None:
        path = rewrite.migration.path
        texts.put(path, before_marker(texts[path], r"^\s*--\s*\+goose\s+up\b", _NO_TRANSACTION))

    def content(self, new: New) -> str:
        head = _NO_TRANSACTION if new.alone or new.down_alone else ""
        return self.lines(head, "-- +goose Up", new.up, "-- +goose Down", new.down)


write = Goose().write
one_step = Goose().one_step
with_down = Goose().with_down
