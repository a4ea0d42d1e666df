"""A file without a history: the steps in it, and in files behind it where a deploy stands between; each commits by itself."""

from __future__ import annotations

from checks.plan.files.rewrite import Rewrite
from checks.plan.files.sql import Dialect, New, Texts


class File(Dialect):
    def add(self, texts: Texts, rewrite: Rewrite, new: New) -> None:
        path = f"{rewrite.migration.path.removesuffix('.sql')}{new.more}.sql"
        texts.put(path, "".join(f"{self.ended(sql)}\n" for sql in new.up), new.needs)


write = File().write
