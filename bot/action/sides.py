"""Which two commits an event is about."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bot.action.clone import Clone
from bot.action.job import Job
from bot.model import PullRequest
from bot.validation import NOTHING_YET
from checks.errors import UnknownRevision, UsageError
from checks.trees import MemoryTree, Tree
from checks.trees.git import open_repository

TARGET = (
    "pull_request_target gives the code of strangers a token that may write",
    "Use `on: pull_request`, and for forks the second workflow of docs/action.md.",
)
CLOSED = ("the pull request was closed", "Leave `closed` out of the `types` of `on: pull_request`.")
_ZEROS = "0" * 40


@dataclass(frozen=True)
class Sides:
    before: Tree
    after: Tree
    pull_request: PullRequest | None = None
    """What a check run and a comment are for; number 0 for a merge queue's group, which has no comments."""
    files: Path | None = None
    """Where the files of ``after`` lie, when they are checked out."""


def sides_of(job: Job) -> Sides:
    """Raises UsageError for an event that cannot be reviewed, UnknownRevision for what cannot be fetched."""
    if job.event == "pull_request_target":
        raise UsageError(TARGET[0], hint=TARGET[1])
    clone = Clone(open_repository(Path.cwd()), job.server_url, job.token)
    find: Callable[[Job, Clone], tuple[Tree, PullRequest | None]]
    find = {"pull_request": _pull_request, "merge_group": _merge_group, "push": _push}.get(job.event, _branch)
    before, pull_request = find(job, clone)
    if job.inputs.base:
        before = clone.tree(clone.commit(job.inputs.base))
    head = clone.commit(job.sha)
    after = clone.tree(head)
    if pull_request is not None:
        after.label = pull_request.head_sha[:12]
    return Sides(before, after, pull_request, clone.files(head))


def _pull_request(job: Job, clone: Clone) -> tuple[Tree, PullRequest | None]:
    """GitHub has merged it to try it, so what it changes is what that merge changes of its first parent."""
    pull = job.payload.pull_request
    if pull is None:
        raise UsageError("the event names no pull request")
    if job.payload.action == "closed":
        raise UsageError(CLOSED[0], hint=CLOSED[1])
    pull_request = pull.read(0, job.owner, job.name)
    parents = clone.parents(job.sha)
    is_merge = len(parents) == 2
    return clone.tree(
        parents[0] if is_merge else clone.merge_base(pull_request.base_sha, job.sha)
    ), pull_request


def _merge_group(job: Job, clone: Clone) -> tuple[Tree, PullRequest | None]:
    group = job.payload.merge_group
    if group is None:
        raise UsageError("the event names no merge group")
    pull_request = PullRequest(
        installation=0,
        owner=job.owner,
        repository=job.name,
        number=0,
        author="",
        base_ref=group.base_ref.removeprefix("refs/heads/"),
        base_sha=group.base_sha,
        head_ref=group.head_ref.removeprefix("refs/heads/"),
        head_sha=group.head_sha,
    )
    return clone.tree(clone.commit(group.base_sha)), pull_request


def _push(job: Job, clone: Clone) -> tuple[Tree, None]:
    """From where the branch was; a new one from where it left the default branch."""
    before, branch = job.payload.before, _default_branch(job)
    if before and before != _ZEROS:
        try:
            return clone.tree(clone.commit(before)), None
        except UnknownRevision:
            # A forced push may have left it to the garbage collection.
            return _branch(job, clone)
    if job.ref == f"refs/heads/{branch}":
        return MemoryTree({}, NOTHING_YET), None
    return _branch(job, clone)


def _branch(job: Job, clone: Clone) -> tuple[Tree, None]:
    """Any other event tells of a commit alone: from where it left the default branch."""
    return clone.tree(clone.merge_base(_default_branch(job), job.sha)), None


def _default_branch(job: Job) -> str:
    repository = job.payload.repository
    return (repository.default_branch if repository else "") or "main"
