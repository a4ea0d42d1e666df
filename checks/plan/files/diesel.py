"""Diesel: ``metadata.toml`` says ``run_in_transaction = false``; the file is then one query."""

from __future__ import annotations

from checks.frameworks.view import join, parent
from checks.plan.files.pairs import Folders
from checks.plan.files.rewrite import Rewrite
from checks.plan.files.sql import Texts

_METADATA = "metadata.toml"
_FALSE = "run_in_transaction = false\n"


class Diesel(Folders):
    def outside(self, texts: Texts, rewrite: Rewrite) -> None:
        self.settings(texts, parent(rewrite.migration.path), True)

    def settings(self, texts: Texts, folder: str, alone: bool) -> None:
        if alone:
            texts.put(join(folder, _METADATA), _FALSE)


write = Diesel().write
with_down = Diesel().with_down
