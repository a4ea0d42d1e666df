"""The one comment under a pull request: found by its author and its hidden line, edited in place."""

from __future__ import annotations

from typing import Any

from bot.github.repository import Repository
from bot.model import PullRequest
from bot.publish.comment import key, parse_marker


def find(repository: Repository, pull_request: PullRequest) -> dict[str, Any] | None:
    """The comment by our own account and with the marker of this pull request."""
    return next(
        (one for one in repository.comments(pull_request.number) if is_about(one, pull_request)), None
    )


def is_about(comment: dict[str, Any], pull_request: PullRequest) -> bool:
    """Whether it begins with the marker of this pull request, whoever wrote it."""
    marker = parse_marker(str(comment.get("body")))
    return marker is not None and marker.key == key(pull_request)


def write(repository: Repository, pull_request: PullRequest, found: dict[str, Any] | None, body: str) -> None:
    """Make the comment, or bring it up to date; one that says the same already is left alone."""
    if found is None:
        repository.create_comment(pull_request.number, body)
    elif digest(str(found["body"])) != digest(body):
        repository.edit_comment(int(found["id"]), body)


def digest(body: str) -> str:
    """Of what the comment says and of the commit it speaks of; empty when it is none of ours."""
    marker = parse_marker(body)
    return f"{marker.head} {marker.digest}" if marker else ""
