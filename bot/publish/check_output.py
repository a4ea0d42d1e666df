"""A check run as GitHub takes it (REST, "Create a check run"), kept within the limits that it sets."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from bot.model import Model

NAME = "Migration Specialist"
"""Of every check run, for ever: branch protection requires a check by its name."""

MOST_TEXT = 65_535
"""Bytes of UTF-8 in ``summary`` and in ``text``. GitHub says characters; bytes are never fewer."""
MOST_MESSAGE = 64 * 1024
"""Bytes of an annotation's message, and of its details."""
MOST_TITLE = 255
MOST_ANNOTATIONS = 50
"""In one request; GitHub appends those of the next to them."""

Conclusion = Literal["success", "failure", "neutral", "action_required"]


class Annotation(Model):
    path: str
    start_line: int
    end_line: int
    annotation_level: Literal["notice", "warning", "failure"]
    message: str
    title: str
    raw_details: str | None = None


class Action(Model):
    """A button; pressing it sends ``check_run.requested_action`` with its identifier."""

    label: str = Field(max_length=20)
    description: str = Field(max_length=40)
    identifier: str = Field(max_length=20)


class Step(Model):
    """A part of a review, for the list that people see while it runs."""

    name: str
    state: Literal["waiting", "running", "done", "failed"]


class CheckRunOutput(Model):
    status: Literal["queued", "in_progress", "completed"]
    conclusion: Conclusion | None = None
    title: str
    summary: str
    text: str | None = None
    annotations: tuple[Annotation, ...] = ()
    actions: tuple[Action, ...] = Field(default=(), max_length=3)
    details_url: str | None = None

    def requests(self) -> tuple[dict[str, Any], ...]:
        """The bodies to send one after the other: all of it, then the annotations that one request cannot hold.

        GitHub appends annotations, so none of the bodies may be sent twice.
        """
        batches = [
            self.annotations[start : start + MOST_ANNOTATIONS]
            for start in range(0, len(self.annotations), MOST_ANNOTATIONS)
        ] or [()]
        first, *later = (self._body(batch) for batch in batches)
        return (self._head() | first, *later)

    def without_annotations(self) -> dict[str, Any]:
        """The body of a request where the annotations are added one batch after the other."""
        return self._head() | {
            "output": self.model_dump(include={"title", "summary", "text"}, exclude_none=True)
        }

    def _head(self) -> dict[str, Any]:
        head = self.model_dump(include={"status", "conclusion", "details_url"}, exclude_none=True)
        return head | {"name": NAME, "actions": [action.model_dump() for action in self.actions]}

    def _body(self, annotations: tuple[Annotation, ...]) -> dict[str, Any]:
        output = self.model_dump(include={"title", "summary", "text"}, exclude_none=True)
        shown = [annotation.model_dump(exclude_none=True) for annotation in annotations]
        return {"output": output | {"annotations": shown}}


def shortened(text: str, most: int, ending: str = "…") -> str:
    """``text`` in at most ``most`` bytes of UTF-8; ``ending`` stands for what is left out."""
    encoded = text.encode()
    if len(encoded) <= most:
        return text
    return encoded[: most - len(ending.encode())].decode(errors="ignore") + ending
