"""One repository, through the App's installation: pull requests, people, comments."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict

from bot.commands.ports import Permission, Reaction
from bot.github.client import PAGE, Client
from bot.github.errors import NotFound, Refused
from bot.model import PullRequest

REPLY = "<!-- migration:reply key={key} -->"


class _Tolerant(BaseModel):
    """What is read of an answer: GitHub adds fields, older servers lack some."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class _Account(_Tolerant):
    login: str = ""


class _Repository(_Tolerant):
    full_name: str = ""


class _Side(_Tolerant):
    ref: str
    sha: str
    repo: _Repository | None = None


class PullAnswer(_Tolerant):
    """A pull request as the REST API and webhooks write it."""

    number: int
    state: str = "open"
    draft: bool | None = False
    user: _Account | None = None
    base: _Side
    head: _Side

    def read(self, installation: int, owner: str, repository: str) -> PullRequest:
        head = self.head.repo.full_name if self.head.repo else ""
        return PullRequest(
            installation=installation,
            owner=owner,
            repository=repository,
            number=self.number,
            author=self.user.login if self.user else "ghost",
            base_ref=self.base.ref,
            base_sha=self.base.sha,
            head_ref=self.head.ref,
            head_sha=self.head.sha,
            fork=head.lower() != f"{owner}/{repository}".lower(),
            draft=bool(self.draft),
        )


class Repository:
    def __init__(self, client: Client, installation: int, owner: str, name: str, bot: str):
        self.client = client
        self.owner = owner
        self.name = name
        self.bot = bot
        """The login of the App's own account."""
        self._installation = installation

    # ── pull requests

    def pull_request(self, number: int) -> tuple[PullRequest, bool]:
        """As it is now, and whether it is open."""
        answer = self.client.read(lambda rest: rest.pulls.get(self.owner, self.name, number))
        pull = PullAnswer.model_validate(answer)
        return pull.read(self._installation, self.owner, self.name), pull.state == "open"

    def open_pull_requests(self) -> Iterator[PullRequest]:
        for answer in self.client.pages(
            lambda rest, page: rest.pulls.list(self.owner, self.name, state="open", per_page=PAGE, page=page)
        ):
            pull = PullAnswer.model_validate(answer)
            yield pull.read(self._installation, self.owner, self.name)

    def tip(self, branch: str) -> str:
        """The commit that a branch points at now; a pull request's own ``base.sha`` may lag behind."""
        answer = self.client.read(lambda rest: rest.git.get_ref(self.owner, self.name, f"heads/{branch}"))
        return str(answer["object"]["sha"])

    def merge_base(self, base: str, head: str) -> str:
        """Both as hashes: those of a fork are known to the base repository, too."""
        answer = self.client.read(
            lambda rest: rest.repos.compare_commits(self.owner, self.name, f"{base}...{head}", per_page=1)
        )
        return str(answer["merge_base_commit"]["sha"])

    def patches(self, number: int) -> dict[str, str]:
        """Path → the diff of a file, as far as GitHub shows it."""
        files = self.client.pages(
            lambda rest, page: rest.pulls.list_files(self.owner, self.name, number, per_page=PAGE, page=page)
        )
        return {str(file["filename"]): str(file.get("patch") or "") for file in files}

    # ── people: the port bot.commands.ports.GitHub, but for the pull request that ``reply`` needs

    def permission(self, login: str) -> Permission:
        try:
            answer = self.client.read(
                lambda rest: rest.repos.get_collaborator_permission_level(self.owner, self.name, login)
            )
        except NotFound:
            return Permission.NONE
        role = str(answer.get("role_name") or answer.get("permission") or "none")
        # An organisation's own roles are named freely; ``permission`` is the built-in one below them.
        known = role if role in set(Permission) else str(answer.get("permission") or "none")
        return Permission(known) if known in set(Permission) else Permission.NONE

    def is_member(self, team: str, login: str) -> bool:
        try:
            answer = self.client.read(
                lambda rest: rest.teams.get_membership_for_user_in_org(self.owner, team, login)
            )
        except NotFound:
            return False
        return bool(answer["state"] == "active")

    def react(self, comment: int, reaction: Reaction) -> None:
        content = {"content": reaction.value}
        self.client.write(
            lambda rest: rest.reactions.create_for_issue_comment(self.owner, self.name, comment, data=content)
        )

    def ask_for_review(self, number: int, reviewers: Sequence[str], teams: Sequence[str]) -> None:
        """Raises Refused (422) when one of them is no collaborator."""
        if reviewers or teams:
            data = {"reviewers": list(reviewers), "team_reviewers": list(teams)}
            self.client.write(
                lambda rest: rest.pulls.request_reviewers(self.owner, self.name, number, data=data)
            )

    def label(self, number: int, labels: Sequence[str]) -> None:
        if labels:
            data = {"labels": list(labels)}
            self.client.write(lambda rest: rest.issues.add_labels(self.owner, self.name, number, data=data))

    # ── comments

    def comments(self, number: int) -> Iterator[dict[str, Any]]:
        """Our own account's, oldest first."""
        return (comment for comment in self.all_comments(number) if is_by(comment, self.bot))

    def all_comments(self, number: int) -> Iterator[dict[str, Any]]:
        return self.client.pages(
            lambda rest, page: rest.issues.list_comments(
                self.owner, self.name, number, per_page=PAGE, page=page
            )
        )

    def create_comment(self, number: int, body: str) -> int:
        answer = self.client.write(
            lambda rest: rest.issues.create_comment(self.owner, self.name, number, data={"body": body})
        )
        return int(answer["id"])

    def edit_comment(self, id: int, body: str) -> None:
        self.client.write(
            lambda rest: rest.issues.update_comment(self.owner, self.name, id, data={"body": body})
        )

    def reply(self, number: int, key: str, body: str) -> None:
        """Once for each key: a reply that is there is not written again."""
        marker = REPLY.format(key=hashlib.sha256(key.encode()).hexdigest()[:16])
        if not any(marker in str(comment.get("body")) for comment in self.comments(number)):
            self.create_comment(number, f"{body}\n{marker}\n")

    # ── comments on lines

    def line_comments(self, number: int) -> Iterator[dict[str, Any]]:
        for comment in self.client.pages(
            lambda rest, page: rest.pulls.list_review_comments(
                self.owner, self.name, number, per_page=PAGE, page=page
            )
        ):
            if is_by(comment, self.bot):
                yield comment

    def create_line_comment(self, number: int, data: dict[str, Any]) -> bool:
        """Whether GitHub took it: a line that is not in the diff any more is a 422, and no harm."""
        try:
            self.client.write(
                lambda rest: rest.pulls.create_review_comment(self.owner, self.name, number, data=data)
            )
        except Refused as error:
            if error.status != 422:
                raise
            return False
        return True


def is_by(comment: dict[str, Any], login: str) -> bool:
    return str((comment.get("user") or {}).get("login", "")).lower() == login.lower()
