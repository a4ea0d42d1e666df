"""Liquibase's formatted SQL: more changesets in the author's file, ``runInTransaction:false`` on those that need it."""

from __future__ import annotations

import re

from checks.plan.files.rewrite import CannotWrite, Rewrite
from checks.plan.files.sql import Dialect, New, Texts

_CHANGESET = re.compile(r"^[ \t]*--[ \t]*changeset[ \t].*$", re.MULTILINE | re.IGNORECASE)
_WITHOUT = " runInTransaction:false"
NO_CHANGESET = "The changeset is not where it was in its file."
BLOCK = "Liquibase cuts a block at its semicolons, so it is not written here."


class Liquibase(Dialect):
    def ended(self, sql: str) -> str:
        if ";" in sql:
            raise CannotWrite(BLOCK)
        return f"{sql};"

    def outside(self, texts: Texts, rewrite: Rewrite) -> None:
        path = rewrite.migration.path
        head = _heads(texts[path], rewrite)[0]
        text = texts[path]
        texts.put(path, text[: head.end()].rstrip() + _WITHOUT + text[head.end() :])

    def add(self, texts: Texts, rewrite: Rewrite, new: New) -> None:
        """Behind the author's changeset, and behind what was added there before."""
        path, author_id = rewrite.migration.path, rewrite.migration.name
        text = texts[path]
        _, *others = _heads(text, rewrite)
        mine = f"{author_id}_"
        after = next((head for head in others if mine not in head[0]), None)
        place = after.start() if after else len(text)
        before = text[:place].rstrip("\n")
        rest = f"\n{text[place:]}" if after else ""
        texts.put(path, f"{before}\n\n{self._changeset(author_id, new)}{rest}", new.needs)

    def put_down(self, texts: Texts, rewrite: Rewrite, down: tuple[str, ...]) -> None:
        path = rewrite.migration.path
        text = texts[path]
        _, *others = _heads(text, rewrite)
        place = others[0].start() if others else len(text)
        lines = "".join(f"--rollback {' '.join(sql.split())};\n" for sql in down)
        rest = f"\n{text[place:]}" if others else ""
        texts.put(path, f"{text[:place].rstrip()}\n{lines}{rest}")

    def _changeset(self, author_id: str, new: New) -> str:
        head = f"--changeset {author_id}{new.more}{_WITHOUT if new.alone else ''}"
        return "\n".join([head, *map(self.ended, new.up), *(f"--rollback {sql};" for sql in new.down)]) + "\n"


def _heads(text: str, rewrite: Rewrite) -> list[re.Match[str]]:
    """The line of the author's changeset, and those of all behind it. Raises CannotWrite."""
    author, _, id = rewrite.migration.name.partition(":")
    found = list(_CHANGESET.finditer(text))
    mine = re.compile(
        rf"changeset\s+\"?{re.escape(author)}\"?\s*:\s*\"?{re.escape(id)}\"?(?:\s|$)", re.IGNORECASE
    )
    for place, head in enumerate(found):
        if mine.search(head[0]):
            return found[place:]
    raise CannotWrite(NO_CHANGESET)


write = Liquibase().write
with_down = Liquibase().with_down
