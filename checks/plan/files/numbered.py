"""A plain folder of numbered files: each statement commits by itself, unless the file says BEGIN."""

from __future__ import annotations

import re

from checks.frameworks.view import base_name, join, parent
from checks.plan.files.pairs import Pairs
from checks.plan.files.rewrite import Rewrite
from checks.plan.files.sections import next_path
from checks.plan.files.sql import New, Texts

_TAIL = re.compile(r"(?:[-_.](?:up|do))?\.sql$", re.IGNORECASE)


class Numbered(Pairs):
    several_alone = True
    compound = "."

    def add(self, texts: Texts, rewrite: Rewrite, new: New) -> None:
        path = next_path(texts, rewrite, new.more, self.compound)
        texts.put(path, self._file(new.up, new.alone), new.needs)
        if rewrite.migration.down is not None:
            texts.put(_way_back(path, rewrite), self._file(new.down, new.down_alone))

    def put_down(self, texts: Texts, rewrite: Rewrite, down: tuple[str, ...]) -> None:
        path = rewrite.migration.path
        texts.put(join(parent(path), f"{_TAIL.sub('', base_name(path))}.down.sql"), self._file(down, False))


def _way_back(path: str, rewrite: Rewrite) -> str:
    """The down's name, made as the author made it: ``_rollback.sql``, ``.down.sql``."""
    up, down = (base_name(one) for one in rewrite.migration.files[:2])
    stem = _TAIL.sub("", up)
    tail = down.removeprefix(stem) if down.startswith(stem) else ".down.sql"
    return join(parent(path), _TAIL.sub("", base_name(path)) + tail)


write = Numbered().write
with_down = Numbered().with_down
