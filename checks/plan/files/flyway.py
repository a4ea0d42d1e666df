"""Flyway: it sees by itself what refuses a transaction; a block that commits has to be told in ``<file>.conf``."""

from __future__ import annotations

from checks.frameworks.view import base_name, join, parent
from checks.plan.files.pairs import Pairs
from checks.plan.files.rewrite import CannotWrite, Rewrite
from checks.plan.files.sections import next_path
from checks.plan.files.sql import New, Texts

NO_UNDO = "Flyway undoes only what has a version."
_CONF = "executeInTransaction=false\n"


class Flyway(Pairs):
    several_alone = True
    compound = "._"

    def add(self, texts: Texts, rewrite: Rewrite, new: New) -> None:
        path = next_path(texts, rewrite, new.more, self.compound)
        texts.put(path, self._file(new.up, new.alone), new.needs)
        self._outside(texts, path, new.alone, new.up)
        name = base_name(path)
        if rewrite.migration.down is not None and name.startswith("V"):
            back = join(parent(path), f"U{name[1:]}")
            texts.put(back, self._file(new.down, new.down_alone))
            self._outside(texts, back, new.down_alone, new.down)

    def put_down(self, texts: Texts, rewrite: Rewrite, down: tuple[str, ...]) -> None:
        path = rewrite.migration.path
        name = base_name(path)
        if not name.startswith("V"):
            raise CannotWrite(NO_UNDO)
        texts.put(join(parent(path), f"U{name[1:]}"), self._file(down, False))

    def outside(self, texts: Texts, rewrite: Rewrite) -> None:
        path = rewrite.migration.path
        self._outside(texts, path, True, (texts[path],))

    def _outside(self, texts: Texts, path: str, alone: bool, statements: tuple[str, ...]) -> None:
        if alone and not any("CONCURRENTLY" in sql.upper() for sql in statements):
            texts.put(f"{path}.conf", _CONF)


write = Flyway().write
with_down = Flyway().with_down
