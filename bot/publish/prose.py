"""A summary in the words and the order in which every format shows it."""

from __future__ import annotations

from bot.publish.wording import counted
from bot.summary.model import Sentence, Summary

TITLES = {
    "changes": "What changes",
    "running_system": "A running system",
    "rollout": "Rollout",
    "rollback": "Way back",
    "open": "Open",
}
BY_TEMPLATE = "Put together from the evidence below, without a model."
BY_MODEL = "Written by {model}; every sentence was held against the evidence below.{dropped} The verdict is not the model's."
DROPPED = " {what} did not hold and {verb} left out."


def paragraphs(summary: Summary) -> list[tuple[str, str]]:
    """Title and sentences of each part that says something."""
    found = [(title, _text(getattr(summary, part))) for part, title in TITLES.items()]
    return [(title, text) for title, text in found if text]


def author(summary: Summary) -> str:
    """Who wrote it, and what of it is not shown."""
    if summary.written_by == "template":
        return BY_TEMPLATE
    count = len({one.text for one in summary.dropped if one.text})
    dropped = DROPPED.format(what=counted(count, "sentence"), verb="was" if count == 1 else "were")
    return BY_MODEL.format(model=summary.written_by, dropped=dropped if count else "")


def about(summary: Summary, ids: set[str]) -> list[str]:
    """The sentences that rest on one of these findings, statements or migrations."""
    sentences = [summary.headline, *(one for part in TITLES for one in getattr(summary, part))]
    return [one.text for one in sentences if not ids.isdisjoint(one.rests_on)]


def _text(sentences: tuple[Sentence, ...]) -> str:
    return " ".join(one.text for one in sentences)
