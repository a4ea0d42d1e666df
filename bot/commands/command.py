"""What a command is, and what it is given and gives back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from markupsafe import Markup

from bot.commands.ports import Comment, GitHub, Records, Reviewed, Reviews
from bot.model import AuditEntry, PullRequest
from checks.settings import Settings


class Who(StrEnum):
    """Who may use a command; the text is what ``help`` says."""

    ANYBODY = "anybody who can comment"
    RUNNERS = "people with write access; the author, when the branch is in this repository"
    APPROVERS = "people who may approve (`approvals` in the configuration), by default with write access and not the author"


@dataclass(frozen=True)
class Call:
    """One command of one comment, and what it may work with."""

    arguments: str
    text: str
    """The line, as it was written."""
    key: str
    """Names this command for ever: the comment's id and the line."""
    comment: Comment
    pull_request: PullRequest
    settings: Settings
    """Of the base branch."""
    today: date
    github: GitHub
    records: Records
    reviews: Reviews

    def reviewed(self) -> Reviewed:
        """The report of the head. Raises Refused when there is none yet."""
        found = self.records.reviewed()
        if found is None or found.head_sha != self.pull_request.head_sha:
            raise Refused(NO_REPORT.format(sha=self.pull_request.head_sha[:7]))
        return found

    def record(self, action: str, what: tuple[str, ...] = (), *, reason: str = "") -> None:
        """Into the audit trail, with who wrote it and when."""
        self.records.record(
            AuditEntry(
                by=self.comment.author,
                at=self.comment.created_at,
                action=action,
                what=what,
                head_sha=self.pull_request.head_sha,
                reason=reason,
            )
        )


@dataclass(frozen=True)
class Answer:
    """What a command says; ``None`` when what it changed shows in the comment and the check run."""

    reply: Markup | None = None


@dataclass(frozen=True)
class Command:
    word: str
    usage: str
    """What follows the word, ``""`` for nothing."""
    description: str
    """One or two sentences."""
    who: Who
    examples: tuple[str, ...]
    """Whole lines."""
    run: Callable[[Call], Answer]
    kept: bool = False
    """Whether it is about what the App's service keeps of a pull request, so that an Action cannot carry it out."""


class Refused(Exception):
    """The command is not carried out. Its text is Markdown without strangers' text that was not escaped."""


NO_REPORT = "There is no report for `{sha}` yet. Wait for the check, or ask for it: `/migration validate`."
