"""Drizzle: pieces between ``--> statement-breakpoint``, a journal that lists the files, one transaction for all that is new."""

from __future__ import annotations

import json
from typing import Any

from checks.frameworks.view import base_name, join, parent
from checks.plan.files.rewrite import CannotWrite, Rewrite
from checks.plan.files.sections import Sections, next_path
from checks.plan.files.sql import New, Texts
from checks.plan.files.together import by_itself

_BREAKPOINT = "--> statement-breakpoint"
_JOURNAL = "meta/_journal.json"
NO_JOURNAL = (
    "This folder of Drizzle has no journal; a migration there needs a snapshot, which only drizzle-kit makes."
)


class Drizzle(Sections):
    can_be_alone = False

    def add(self, texts: Texts, rewrite: Rewrite, new: New) -> None:
        folder = parent(rewrite.migration.path)
        journal = join(folder, _JOURNAL)
        if journal not in texts:
            raise CannotWrite(NO_JOURNAL)
        path = next_path(texts, rewrite, new.more)
        tag = base_name(path).removesuffix(".sql")
        own = by_itself(rewrite, new)
        texts.put(path, self.content(own), own.needs)
        texts.put(journal, _with_entry(texts[journal], tag))

    def content(self, new: New) -> str:
        return f"\n{_BREAKPOINT}\n".join(f"{sql};" for sql in new.up) + "\n"


def _with_entry(text: str, tag: str) -> str:
    """The journal with one entry more, a millisecond later than its last; its reader has read it before."""
    journal: dict[str, Any] = json.loads(text)
    last = journal["entries"][-1]
    entry = {
        **last,
        "idx": last["idx"] + 1,
        "when": max(one["when"] for one in journal["entries"]) + 1,
        "tag": tag,
    }
    journal["entries"] = [*journal["entries"], entry]
    return json.dumps(journal, indent=2, ensure_ascii=False) + ("\n" if text.endswith("\n") else "")


write = Drizzle().write
