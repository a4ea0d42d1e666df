"""The log of a job: text for people, and the few lines in it that the runner takes as commands.

https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
Whatever a job prints is searched for commands, so text of strangers could give some: commands are stopped, and only
allowed for our own lines.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Sequence

from bot import console
from bot.publish.check_output import Annotation
from bot.publish.commands import line

MOST_SHOWN = 10
"""Annotations of one level that GitHub shows of a step."""
COMMANDS = {"failure": "error", "warning": "warning", "notice": "notice"}
MORE = "{count:,} more findings are not marked here; the job summary has all of them."


class Log:
    def __init__(self) -> None:
        # One pipe: a line that strangers had a part in must not overtake the line that stops commands.
        os.dup2(1, 2)
        self._word = ""
        self._stop()

    def text(self, text: str) -> None:
        console.write(text)

    def notice(self, message: str) -> None:
        self._command("notice", message)

    def warn(self, message: str) -> None:
        self._command("warning", message)

    def error(self, message: str) -> None:
        self._command("error", message)

    def annotate(self, annotations: Sequence[Annotation]) -> None:
        """The first of each level, which come gravest first."""
        left = dict.fromkeys(COMMANDS, MOST_SHOWN)
        for one in annotations:
            left[one.annotation_level] -= 1
            if left[one.annotation_level] >= 0:
                place = {"file": one.path, "line": str(one.start_line), "endLine": str(one.end_line)}
                self._command(COMMANDS[one.annotation_level], one.message, {**place, "title": one.title})
        if more := sum(-count for count in left.values() if count < 0):
            self.text(f"{MORE.format(count=more)}\n")

    def _command(self, name: str, message: str, properties: dict[str, str] | None = None) -> None:
        console.write(f"::{self._word}::\n{line(name, message, properties or {})}\n")
        self._stop()

    def _stop(self) -> None:
        self._word = secrets.token_hex(16)
        console.write(f"::stop-commands::{self._word}\n")
