"""What the commands need of GitHub, of what is kept, and of the reviews."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from bot.model import Approval, AuditEntry, Model, PullRequest, Waiver
from bot.summary.model import Summary
from checks.model.report import Report
from checks.settings import Settings
from checks.trees import Tree


class Permission(StrEnum):
    """Somebody's role in a repository, weakest first (GitHub's ``role_name``)."""

    NONE = "none"
    READ = "read"
    TRIAGE = "triage"
    WRITE = "write"
    MAINTAIN = "maintain"
    ADMIN = "admin"

    def covers(self, least: Permission) -> bool:
        order = list(Permission)
        return order.index(self) >= order.index(least)


class Reaction(StrEnum):
    """Those of GitHub's eight that are used (REST API, reactions)."""

    EYES = "eyes"
    GOOD = "+1"
    BAD = "-1"
    CONFUSED = "confused"


class Comment(Model):
    """A new comment on a pull request."""

    id: int
    author: str
    by_bot: bool = False
    """GitHub's ``user.type`` is ``Bot``, or it was written through an App."""
    body: str
    created_at: datetime


class Reviewed(Model):
    """A report that people can see."""

    report: Report
    head_sha: str
    published_at: datetime
    summary: Summary | None = None
    url: str = ""
    """Of its page; empty when there is none."""


class Commit(Model):
    """A fix, on a pull request's branch."""

    sha: str
    parent: str
    title: str
    finding: str
    """The id of the finding that it is for."""


class GitHub(Protocol):
    """One repository on GitHub, through the App's installation."""

    def permission(self, login: str) -> Permission:
        """From the collaborator permission API, never ``author_association``; NONE for whom it does not know."""
        ...

    def is_member(self, team: str, login: str) -> bool:
        """Whether somebody is an active member of a team of the organisation, given by its slug."""
        ...

    def react(self, comment: int, reaction: Reaction) -> None:
        """One that is there already is no error."""
        ...

    def reply(self, key: str, body: str) -> None:
        """A new comment on the pull request, once for each key however often it is asked for."""
        ...

    def find_commit(self, pull_request: PullRequest, key: str) -> Commit | None:
        """The one that was made for this key, when it is on the pull request's branch."""
        ...

    def commit(
        self,
        pull_request: PullRequest,
        files: Mapping[str, str],
        gone: Sequence[str],
        *,
        message: str,
        finding: str,
        key: str,
    ) -> Commit:
        """A commit on its branch, on top of ``head_sha`` and of nothing else.

        ``files`` (path → text) are written, those that are ``gone`` are taken away. Raises commands' Refused when the
        branch has moved or may not be written to.
        """
        ...


class Records(Protocol):
    """What is kept of one pull request."""

    def reviewed(self) -> Reviewed | None:
        """The newest report that was published."""
        ...

    def head_at(self, when: datetime) -> str | None:
        """The head commit that GitHub showed at a time, by the events that came; None when none tells."""
        ...

    def approvals(self) -> Sequence[Approval]: ...
    def approve(self, approvals: Sequence[Approval]) -> None:
        """Keep them; one of the same person for the same item and commit is there once."""
        ...

    def revoke(self, items: Sequence[str]) -> None:
        """Forget all approvals of these items; the audit trail keeps them."""
        ...

    def waivers(self) -> Sequence[Waiver]: ...
    def waive(self, waiver: Waiver) -> None: ...

    def paused(self) -> bool: ...
    def pause(self, paused: bool) -> None:
        """Whether pushes start no review."""
        ...

    def trail(self) -> Sequence[AuditEntry]:
        """All entries, oldest first."""
        ...

    def record(self, entry: AuditEntry) -> None:
        """Add an entry, which is there once however often it is added."""
        ...


class Reviews(Protocol):
    """The reviews of one pull request."""

    def start(self) -> None:
        """Validate its head anew, whatever is known of it."""
        ...

    def republish(self) -> None:
        """Write comment and check run again from the report that is there: an approval or a waiver has changed."""
        ...

    def base(self) -> tuple[Tree, Settings]:
        """The files and the configuration of the branch that it is to be merged into."""
        ...
