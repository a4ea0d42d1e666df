"""Who remembers what was asked and answered, and whether there is money for more."""

from __future__ import annotations

from typing import Protocol

from bot.summary.model import Usage

REVIEW_SPENT = "The limit of ${limit:.2f} for one review does not allow another call."


class Ledger(Protocol):
    def remembered(self, key: str) -> str | None:
        """The answer to this very question, when it was asked before."""

    def reserve(self, key: str, most: Usage) -> str:
        """Put aside what a call costs at most. Empty when there is enough; else why not, as a sentence."""

    def settle(self, key: str, usage: Usage, answer: str) -> None:
        """What it cost in the end. ``answer`` is remembered unless it is empty."""


class OneReview:
    """In memory, for a command that reviews once: nobody else spends."""

    def __init__(self, dollars_per_review: float):
        self._limit = dollars_per_review
        self._calls: dict[str, Usage] = {}
        self._answers: dict[str, str] = {}

    def remembered(self, key: str) -> str | None:
        return self._answers.get(key)

    def reserve(self, key: str, most: Usage) -> str:
        if sum(call.dollars for call in self._calls.values()) + most.dollars > self._limit:
            return REVIEW_SPENT.format(limit=self._limit)
        self._calls[key] = most
        return ""

    def settle(self, key: str, usage: Usage, answer: str) -> None:
        self._calls[key] = usage
        if answer:
            self._answers[key] = answer
