"""A commit on a pull request's branch, through GitHub's Git Database API: blobs, tree, commit, and the branch last.

Until the branch points at it nobody sees it, so a crash leaves nothing behind; the branch moves forward only, and only from
the commit that was looked at. https://docs.github.com/en/rest/guides/using-the-rest-api-to-interact-with-your-git-database
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.commands.command import Refused as CommandRefused
from bot.commands.ports import Commit
from bot.github.errors import NotFound, Refused, Unavailable
from bot.github.repository import Repository
from bot.model import PullRequest
from bot.publish.escape import markdown_code

LOOKED_BACK = 30
"""Newest commits of the branch among which one of ours is looked for."""
TRAILERS = "{message}\nMigration-Finding: {finding}\nMigration-Fix: {key}\n"
FORK = (
    "The branch is in the fork {fork}, and its author does not let maintainers edit it. "
    '("Allow edits by maintainers" on the pull request\'s page.)'
)
GONE = "The repository of the branch is gone."
MOVED = "{branch} has moved since `{head}`: look at the new report and say it again. Nothing was written."
NOT_ALLOWED = (
    "GitHub does not let this App write to {branch} of {repository}. It takes the permission Contents: write, and no rule "
    "that keeps Apps from the branch. Nothing was written."
)
_FINDING = re.compile(r"^Migration-Finding: (?P<id>\S+)$", re.MULTILINE)


@dataclass(frozen=True)
class _Place:
    owner: str
    name: str
    branch: str

    @property
    def repository(self) -> str:
        return f"{self.owner}/{self.name}"


def find_commit(repository: Repository, pull_request: PullRequest, key: str) -> Commit | None:
    """The one that was made for ``key``, when it is on the branch."""
    place = _place(repository, pull_request)
    commits = repository.client.read(
        lambda rest: rest.repos.list_commits(place.owner, place.name, sha=place.branch, per_page=LOOKED_BACK)
    )
    trailer = f"Migration-Fix: {_hash(key)}"
    for one in commits:
        message = str(one["commit"]["message"])
        if trailer in message.splitlines():
            return _commit(str(one["sha"]), str(one["parents"][0]["sha"]), message)
    return None


def make_commit(
    repository: Repository,
    pull_request: PullRequest,
    files: Mapping[str, str],
    gone: Sequence[str],
    *,
    message: str,
    finding: str,
    key: str,
) -> Commit:
    """Raises commands' Refused, with the reason for people; GitHub's errors for what may go better next time."""
    place, parent = _place(repository, pull_request), pull_request.head_sha
    whole = TRAILERS.format(message=message.rstrip("\n") + "\n", finding=finding, key=_hash(key))
    try:
        tree = _tree(repository, place, parent, files, gone)
        data = {"message": whole, "tree": tree, "parents": [parent]}
        sha = str(_write(repository, "create_commit", place, data=data)["sha"])
        _move(repository, place, parent, sha)
    except (NotFound, Refused) as error:
        if isinstance(error, Refused) and error.status != 403:
            raise
        raise CommandRefused(
            NOT_ALLOWED.format(branch=markdown_code(place.branch), repository=markdown_code(place.repository))
        ) from error
    return _commit(sha, parent, whole)


def _place(repository: Repository, pull_request: PullRequest) -> _Place:
    """Where the branch is. Raises commands' Refused for a fork that maintainers may not edit."""
    pull = repository.client.read(
        lambda rest: rest.pulls.get(repository.owner, repository.name, pull_request.number)
    )
    if not pull["head"].get("repo"):
        raise CommandRefused(GONE)
    head = str(pull["head"]["repo"]["full_name"])
    if pull_request.fork and not pull.get("maintainer_can_modify"):
        raise CommandRefused(FORK.format(fork=markdown_code(head)))
    owner, _, name = head.partition("/")
    return _Place(owner, name, str(pull["head"]["ref"]))


def _tree(
    repository: Repository, place: _Place, parent: str, files: Mapping[str, str], gone: Sequence[str]
) -> str:
    """The parent's tree with the files in it, and without those that are gone."""
    base = repository.client.read(lambda rest: rest.git.get_commit(place.owner, place.name, parent))
    entries: list[dict[str, Any]] = [
        {"path": path, "mode": "100644", "type": "blob", "sha": None} for path in gone
    ]
    for path, text in files.items():
        blob = _write(repository, "create_blob", place, data={"content": text, "encoding": "utf-8"})
        entries.append({"path": path, "mode": "100644", "type": "blob", "sha": blob["sha"]})
    data = {"base_tree": base["tree"]["sha"], "tree": entries}
    return str(_write(repository, "create_tree", place, data=data)["sha"])


def _move(repository: Repository, place: _Place, parent: str, sha: str) -> None:
    """Forward only: when the branch is not where it was seen, GitHub answers 422 (or 409), and nothing is written."""
    try:
        repository.client.write(
            lambda rest: rest.git.update_ref(
                place.owner, place.name, f"heads/{place.branch}", data={"sha": sha, "force": False}
            )
        )
    except Unavailable:
        if not _is_there(repository, place, sha):
            raise
    except Refused as error:
        if error.status not in (409, 422):
            raise
        moved = MOVED.format(branch=markdown_code(place.branch), head=parent[:7])
        raise CommandRefused(moved) from error


def _is_there(repository: Repository, place: _Place, sha: str) -> bool:
    """Whether the deed was done and only the answer was lost."""
    found = repository.client.read(
        lambda rest: rest.git.get_ref(place.owner, place.name, f"heads/{place.branch}")
    )
    return str(found["object"]["sha"]) == sha


def _write(repository: Repository, method: str, place: _Place, *, data: dict[str, Any]) -> Any:
    return repository.client.write(lambda rest: getattr(rest.git, method)(place.owner, place.name, data=data))


def _commit(sha: str, parent: str, message: str) -> Commit:
    found = _FINDING.search(message)
    return Commit(
        sha=sha, parent=parent, title=message.split("\n", 1)[0], finding=found["id"] if found else ""
    )


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()[:20]
