"""Webhook payloads, as far as they are read. Every field may be missing: GitHub changes, and servers are of all ages."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict

from bot.commands.ports import Comment
from bot.github.repository import PullAnswer


class _Tolerant(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Account(_Tolerant):
    login: str = ""
    type: str = ""


class RepositoryPayload(_Tolerant):
    full_name: str = ""
    default_branch: str = ""


class Installation(_Tolerant):
    id: int
    app_id: int | None = None


class PullPayload(PullAnswer):
    updated_at: datetime | None = None


class _Before(_Tolerant):
    base: dict[str, Any] | None = None


class _PullRequestLink(_Tolerant):
    number: int
    url: str = ""


class Issue(_Tolerant):
    number: int
    state: str = "open"
    pull_request: dict[str, Any] | None = None


class IssueComment(_Tolerant):
    id: int
    body: str | None = ""
    created_at: datetime
    user: Account | None = None
    performed_via_github_app: dict[str, Any] | None = None

    def read(self) -> Comment:
        return Comment(
            id=self.id,
            author=self.user.login if self.user else "ghost",
            by_bot=self.user is None or self.user.type == "Bot" or self.performed_via_github_app is not None,
            body=self.body or "",
            created_at=self.created_at,
        )


class Check(_Tolerant):
    """Of a check run or a check suite."""

    head_sha: str = ""
    external_id: str | None = ""
    app: Installation | None = None
    pull_requests: tuple[_PullRequestLink, ...] = ()


class RequestedAction(_Tolerant):
    identifier: str = ""


class MergeGroup(_Tolerant):
    head_sha: str
    head_ref: str = ""
    base_sha: str = ""
    base_ref: str = ""


class WorkflowRun(_Tolerant):
    """The run that a ``workflow_run`` event tells of."""

    id: int
    event: str = ""
    head_sha: str = ""
    head_repository: RepositoryPayload | None = None


class Payload(_Tolerant):
    """Any event."""

    action: str = ""
    installation: Installation | None = None
    repository: RepositoryPayload | None = None
    sender: Account | None = None
    pull_request: PullPayload | None = None
    changes: _Before | None = None
    issue: Issue | None = None
    comment: IssueComment | None = None
    check_run: Check | None = None
    check_suite: Check | None = None
    requested_action: RequestedAction | None = None
    merge_group: MergeGroup | None = None
    workflow_run: WorkflowRun | None = None
    ref: str = ""
    before: str = ""
    """The commit that a branch pointed at before a push; zeros when it is new."""
    repositories_removed: tuple[RepositoryPayload, ...] = ()
    repositories: tuple[RepositoryPayload, ...] = ()

    @property
    def place(self) -> tuple[str, str]:
        """Owner and name of the repository; empty strings when there is none."""
        owner, _, name = (self.repository.full_name if self.repository else "").partition("/")
        return owner, name
