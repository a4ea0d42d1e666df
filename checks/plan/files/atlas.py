"""Atlas: ``-- atlas:txmode none`` at the very top with a blank line behind it; ``atlas.sum`` has a hash over every file."""

from __future__ import annotations

from checks.frameworks.atlas_sum import hash_files, sum_of
from checks.frameworks.view import base_name, join, parent
from checks.plan.files.rewrite import CannotWrite, Rewrite, Written
from checks.plan.files.sections import Sections
from checks.plan.files.sql import New, Texts

_NONE = "-- atlas:txmode none\n\n"
_SUM = "atlas.sum"
OTHER_LAYOUT = "Atlas reads this folder as another tool would, and its files are not written here."


class Atlas(Sections):
    def outside(self, texts: Texts, rewrite: Rewrite) -> None:
        path = rewrite.migration.path
        texts.put(path, _NONE + texts[path])

    def content(self, new: New) -> str:
        return (_NONE if new.alone else "") + self.lines(new.up)

    def write(self, rewrite: Rewrite) -> Written:
        """With ``atlas.sum`` as ``atlas migrate hash`` would write it."""
        if any(migration.down for migration in rewrite.history.migrations):
            raise CannotWrite(OTHER_LAYOUT)
        written = super().write(rewrite)
        path = join(parent(rewrite.migration.path), _SUM)
        texts = Texts(rewrite.read)
        if path not in texts:
            return written
        new = {file.path: file.content for file in written.files}
        there = (migration.path for migration in rewrite.history.migrations)
        names = {*(name for name in there if name in texts), *new}
        hashed = hash_files(
            [(base_name(name), (new.get(name) or texts[name]).encode()) for name in sorted(names)]
        )
        texts.put(
            path, "".join([f"h1:{sum_of(hashed)}\n", *(f"{one.name} h1:{one.hash}\n" for one in hashed)])
        )
        return Written((*written.files, *texts.new), written.steps)


write = Atlas().write
one_step = Atlas().one_step
