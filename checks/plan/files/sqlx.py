"""sqlx: ``-- no-transaction`` as the first bytes; the file is then one query."""

from __future__ import annotations

from checks.plan.files.pairs import Pairs
from checks.plan.files.rewrite import CannotWrite, Rewrite
from checks.plan.files.sections import Sections
from checks.plan.files.sql import New, Texts

_WITHOUT = "-- no-transaction\n"
MARKED = "The file begins with a byte order mark, behind which sqlx does not see its directive."


class Sqlx(Pairs):
    def head(self, alone: bool) -> str:
        return _WITHOUT if alone else ""

    def outside(self, texts: Texts, rewrite: Rewrite) -> None:
        if texts[rewrite.migration.path].startswith("\ufeff"):
            raise CannotWrite(MARKED)
        super().outside(texts, rewrite)


class _OneFile(Sections):
    def content(self, new: New) -> str:
        return (_WITHOUT if new.alone else "") + self.lines(new.up)


write = Sqlx().write
one_step = _OneFile().one_step
with_down = Sqlx().with_down
