"""A plain folder of numbered files: each statement commits by itself, unless the file says BEGIN."""

from __future__ import annotations

import re

from checks.plan.files.pairs import Pairs
from checks.plan.files.rewrite import Rewrite
from checks.plan.files.sections import next_path
from checks.plan.files.sql import New, Texts

_UP = re.compile(r"(?P<before>[-_.])up\.sql$", re.IGNORECASE)


class Numbered(Pairs):
    several_alone = True
    compound = "."

    def add(self, texts: Texts, rewrite: Rewrite, new: New) -> None:
        path = next_path(texts, rewrite, new.more, self.compound)
        texts.put(path, self._file(new.up, new.alone), new.needs)
        if rewrite.migration.down is not None:
            back = _UP.sub(r"\g<before>down.sql", path)
            texts.put(
                back if back != path else f"{path.removesuffix('.sql')}.down.sql", self._file(new.down, False)
            )


write = Numbered().write
