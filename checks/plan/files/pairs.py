"""Tools that keep up and down in two files beside each other."""

from __future__ import annotations

from checks.frameworks.view import base_name, join, parent
from checks.plan.files.names import next_name
from checks.plan.files.rewrite import Rewrite
from checks.plan.files.sections import next_path
from checks.plan.files.sql import Dialect, New, Texts


class Pairs(Dialect):
    """``<number>_<name>.up.sql`` and ``.down.sql``; a file without ``.up`` has no way back beside it."""

    several_alone = False
    compound = ""

    def head(self, alone: bool) -> str:
        """What a file that runs outside of a transaction begins with."""
        return ""

    def add(self, texts: Texts, rewrite: Rewrite, new: New) -> None:
        path = next_path(texts, rewrite, new.more, self.compound)
        texts.put(path, self._file(new.up, new.alone), new.needs)
        back = path.removesuffix(".up.sql") + ".down.sql"
        if path.endswith(".up.sql") and rewrite.migration.down is not None:
            texts.put(back, self._file(new.down, new.down_alone))

    def put_down(self, texts: Texts, rewrite: Rewrite, down: tuple[str, ...]) -> None:
        path = rewrite.migration.path
        if not path.endswith(".up.sql"):
            super().put_down(texts, rewrite, down)
        texts.put(path.removesuffix(".up.sql") + ".down.sql", self._file(down, False))

    def outside(self, texts: Texts, rewrite: Rewrite) -> None:
        path = rewrite.migration.path
        texts.put(path, self.head(True) + texts[path])

    def _file(self, statements: tuple[str, ...], alone: bool) -> str:
        return self.head(alone) + "".join(f"{self.ended(sql)}\n" for sql in statements)


class Folders(Dialect):
    """A folder per migration with one script for each direction."""

    several_alone = False
    up = "up.sql"
    down = "down.sql"
    compound = "-"

    def add(self, texts: Texts, rewrite: Rewrite, new: New) -> None:
        folder = self.next_folder(texts, rewrite, new.more)
        texts.put(join(folder, self.up), "".join(f"{sql};\n" for sql in new.up), new.needs)
        if rewrite.migration.down is not None:
            down = "".join(f"{sql};\n" for sql in new.down) or "-- Nothing has to be taken back.\n"
            texts.put(join(folder, self.down), down)
        self.settings(texts, folder, new.alone or new.down_alone)

    def put_down(self, texts: Texts, rewrite: Rewrite, down: tuple[str, ...]) -> None:
        texts.put(join(parent(rewrite.migration.path), self.down), "".join(f"{sql};\n" for sql in down))

    def settings(self, texts: Texts, folder: str, alone: bool) -> None:
        """What says in a file of its own that there is no transaction."""

    def next_folder(self, texts: Texts, rewrite: Rewrite, more: str) -> str:
        own = parent(rewrite.migration.path)
        there = [parent(migration.path) for migration in rewrite.history.migrations]
        taken = [base_name(folder) for folder in (*there, *(parent(file.path) for file in texts.new))]
        return join(parent(own), next_name(base_name(own), taken, more, self.compound))
