"""Tools that keep up and down in one file, each under a marker."""

from __future__ import annotations

import re

from checks.frameworks.view import base_name, join, parent
from checks.plan.files.layout import may_share
from checks.plan.files.names import next_name
from checks.plan.files.rewrite import CannotWrite, Rewrite
from checks.plan.files.sql import Dialect, New, Texts
from checks.plan.model import Step


class Sections(Dialect):
    """``content`` is the file; the name is the author's with the next number."""

    compound = ""
    """The characters that join the parts of one version."""

    down_marker = ""

    def content(self, new: New) -> str:
        raise NotImplementedError

    def put_down(self, texts: Texts, rewrite: Rewrite, down: tuple[str, ...]) -> None:
        if not self.down_marker:
            super().put_down(texts, rewrite, down)
        path = rewrite.migration.path
        texts.put(path, f"{texts[path].rstrip()}\n\n{self.lines(self.down_marker, down)}")

    def add(self, texts: Texts, rewrite: Rewrite, new: New) -> None:
        path = next_path(texts, rewrite, new.more, self.compound)
        texts.put(path, self.content(new), new.needs)

    def one_step(self, step: Step) -> str:
        alone = not may_share(step, with_undo=True)
        return self.content(New("", step.sql, step.undo, alone, alone))

    def lines(self, *parts: str | tuple[str, ...]) -> str:
        """Directives as they are, statements with their ends."""
        made = [
            line
            for part in parts
            for line in ([part] if isinstance(part, str) else map(self.ended, part))
            if line
        ]
        return "\n".join(made) + "\n"


def next_path(texts: Texts, rewrite: Rewrite, more: str, compound: str = "") -> str:
    """A path beside the author's file, numbered behind all that are there or have just been written."""
    folder, own = parent(rewrite.migration.path), base_name(rewrite.migration.path)
    there = [file for migration in rewrite.history.migrations for file in migration.files]
    taken = [
        base_name(path) for path in (*there, *(file.path for file in texts.new)) if parent(path) == folder
    ]
    return join(folder, next_name(own, taken, more, compound))


def before_marker(text: str, marker: str, line: str) -> str:
    """The text with a line in front of the first one that the marker (a regular expression) finds. Raises CannotWrite."""
    found = re.search(marker, text, re.MULTILINE | re.IGNORECASE)
    if found is None:
        raise CannotWrite("The file has no marker of its up where one is expected.")
    return f"{text[: found.start()]}{line}\n{text[found.start() :]}"


def behind_marker(text: str, marker: str, more: str) -> str:
    """The text with more on the line of the first marker. Raises CannotWrite."""
    found = re.search(marker, text, re.MULTILINE | re.IGNORECASE)
    if found is None:
        raise CannotWrite("The file has no marker of its up where one is expected.")
    return text[: found.end()] + more + text[found.end() :]
