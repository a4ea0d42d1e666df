"""What each event of GitHub leads to. Handling one twice does nothing more: ids of reviews and commands are derived."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Iterable

from pydantic import ValidationError

from bot import publishing
from bot.commanding import Commanding
from bot.commands.ports import Comment
from bot.github.errors import NotFound
from bot.model import PullRequest
from bot.payloads import Check, Payload
from bot.reviews import Workflows
from bot.service import Service
from bot.store.database import now
from bot.store.deliveries import Delivery
from bot.store.retention import forget
from bot.store.reviews import State

log = logging.getLogger(__name__)

IGNORED = "ignored"
_REVIEWED = {"opened", "reopened", "synchronize", "ready_for_review", "converted_to_draft", "edited"}


class Events:
    def __init__(self, service: Service, workflows: Workflows, commanding: Commanding):
        self.service = service
        self.workflows = workflows
        self.commanding = commanding
        self._handlers: dict[str, Callable[[Payload, Delivery], str]] = {
            "pull_request": self._pull_request,
            "issue_comment": self._issue_comment,
            "check_run": self._check_run,
            "check_suite": self._check_suite,
            "merge_group": self._merge_group,
            "push": self._push,
            "installation": self._installation,
            "installation_repositories": self._installation_repositories,
            "repository": self._repository,
        }

    def handle(self, delivery: Delivery) -> str:
        """What was done, in a few words. Raises GitHubError when GitHub has to be asked and does not answer."""
        handler = self._handlers.get(delivery.event)
        if handler is None:
            return IGNORED
        try:
            payload = Payload.model_validate_json(delivery.body)
        except ValidationError as error:
            return f"{IGNORED}: not read: {error.errors(include_input=False)[0]['loc']}"
        return handler(payload, delivery)

    # ── one event each

    def _pull_request(self, payload: Payload, delivery: Delivery) -> str:
        pull, (owner, name) = payload.pull_request, payload.place
        if pull is None or payload.installation is None or not owner:
            return IGNORED
        pull_request = pull.read(payload.installation.id, owner, name)
        self.service.reviews.saw(
            pull_request, pull.updated_at or delivery.received_at, is_open=pull.state == "open"
        )
        if payload.action not in _REVIEWED or (payload.action == "edited" and not _moved(payload)):
            return IGNORED
        if pull_request.draft and not self.service.config.review_drafts:
            return "a draft"
        return self.review(pull_request)

    def _issue_comment(self, payload: Payload, delivery: Delivery) -> str:
        issue, written = payload.issue, payload.comment
        if payload.action != "created" or issue is None or written is None or payload.installation is None:
            return IGNORED
        if issue.pull_request is None or issue.state != "open":
            return IGNORED
        return self.commanding.read(written.read(), payload.installation.id, *payload.place, issue.number)

    def _check_run(self, payload: Payload, delivery: Delivery) -> str:
        check = payload.check_run
        if check is None or not self._is_ours(check) or payload.installation is None:
            return IGNORED
        if payload.action == "rerequested":
            return self._again(payload, check, delivery)
        if payload.action == "requested_action" and payload.requested_action and payload.sender:
            return self._button(payload, check, delivery)
        return IGNORED

    def _button(self, payload: Payload, check: Check, delivery: Delivery) -> str:
        assert payload.requested_action and payload.sender and payload.installation
        word = {"validate": "validate", "approve": "approve all", "explain": "explain"}.get(
            payload.requested_action.identifier
        )
        found = list(self._about(payload, check))
        if word is None or not found or payload.sender.type == "Bot":
            return IGNORED
        # A button is the command of whoever pressed it, with the same permissions: it has no comment to react to.
        comment = Comment(
            id=0,
            author=payload.sender.login,
            body=f"/migration {word}",
            created_at=delivery.received_at,
        )
        return self.commanding.press(comment, found[0], delivery.id)

    def _check_suite(self, payload: Payload, delivery: Delivery) -> str:
        suite = payload.check_suite
        if suite is None or payload.action not in ("requested", "rerequested") or not self._is_ours(suite):
            return IGNORED
        if payload.action == "rerequested":
            return self._again(payload, suite, delivery)
        return self._all(self.review(one) for one in self._about(payload, suite))

    def _merge_group(self, payload: Payload, delivery: Delivery) -> str:
        group, (owner, name) = payload.merge_group, payload.place
        if group is None or payload.action != "checks_requested" or payload.installation is None or not owner:
            return IGNORED
        return self.review(
            PullRequest(
                installation=payload.installation.id,
                owner=owner,
                repository=name,
                number=0,
                author="",
                base_ref=group.base_ref.removeprefix("refs/heads/"),
                base_sha=group.base_sha,
                head_ref=group.head_ref.removeprefix("refs/heads/"),
                head_sha=group.head_sha,
            )
        )

    def _push(self, payload: Payload, delivery: Delivery) -> str:
        """The base has moved: what was said of pull requests onto it was said of another base."""
        branch = payload.ref.removeprefix("refs/heads/")
        default = payload.repository.default_branch if payload.repository else ""
        if not branch or branch != default or payload.installation is None:
            return IGNORED
        stale = self.service.reviews.onto("/".join(payload.place), branch)
        return self._all(self.review(one, f"base {delivery.id}") for one in stale)

    def _installation(self, payload: Payload, delivery: Delivery) -> str:
        if payload.action == "deleted":
            removed = [one.full_name for one in payload.repositories]
            return f"forgot {sum(forget(self.service.store, name) for name in removed)} rows"
        if payload.action in ("created", "unsuspend") and payload.installation:
            return self._look_at(payload, [one.full_name for one in payload.repositories])
        return IGNORED

    def _installation_repositories(self, payload: Payload, delivery: Delivery) -> str:
        if payload.action == "removed":
            removed = [one.full_name for one in payload.repositories_removed]
            return f"forgot {sum(forget(self.service.store, name) for name in removed)} rows"
        return IGNORED

    def _repository(self, payload: Payload, delivery: Delivery) -> str:
        if payload.action == "deleted" and payload.repository:
            return f"forgot {forget(self.service.store, payload.repository.full_name)} rows"
        return IGNORED

    # ── what they have in common

    def review(self, pull_request: PullRequest, again: str = "") -> str:
        """Ask for a review, unless one of the same two commits is there. ``again`` names the wish to have another."""
        if pull_request.number and not again:
            if self.service.reviews.is_paused(pull_request.full_name, pull_request.number):
                publishing.hold(self.service, pull_request, review_id(pull_request, "paused"))
                return "paused"
            there = self.service.reviews.of(pull_request)
            if there and there[0].state is not State.OVERTAKEN:
                return f"there already: {there[0].id}"
            again = f"after {there[0].id}" if there else ""
        id = review_id(pull_request, again)
        new = self.workflows.start(id, pull_request)
        return f"{'asked for' if new else 'there already:'} {id}"

    def _again(self, payload: Payload, check: Check, delivery: Delivery) -> str:
        return self._all(self.review(one, delivery.id) for one in self._about(payload, check))

    def _about(self, payload: Payload, check: Check) -> Iterable[PullRequest]:
        """Pull requests of a check: GitHub names none when the head is in a fork, the store does."""
        repository = "/".join(payload.place)
        known = self.service.reviews.get(check.external_id) if check.external_id else None
        if known is not None and not known.pull_request.number:
            return [known.pull_request]
        return self.service.reviews.with_head(repository, check.head_sha)

    def _look_at(self, payload: Payload, repositories: Iterable[str]) -> str:
        """Pull requests that were open when the App came."""
        assert payload.installation
        done = []
        for full_name in repositories:
            owner, _, name = full_name.partition("/")
            place = PullRequest(
                installation=payload.installation.id,
                owner=owner,
                repository=name,
                number=0,
                author="",
                base_ref="",
                base_sha="",
                head_ref="",
                head_sha="",
            )
            try:
                for pull_request in self.service.repository(place).open_pull_requests():
                    self.service.reviews.saw(pull_request, now())
                    done.append(self.review(pull_request))
            except NotFound:
                log.info("%s is gone, or the App is", full_name)
        return self._all(done)

    def _is_ours(self, check: Check) -> bool:
        """GitHub tells an App of its own check runs only; emulations and old servers name no App."""
        return check.app is None or check.app.id == self.service.credentials.app_id

    @staticmethod
    def _all(done: Iterable[str]) -> str:
        return "; ".join(done) or IGNORED


def review_id(pull_request: PullRequest, again: str = "") -> str:
    """The same for the same wish, on every machine."""
    parts = (
        pull_request.full_name,
        str(pull_request.number),
        pull_request.base_sha,
        pull_request.head_sha,
        again,
    )
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]


def _moved(payload: Payload) -> bool:
    """Whether an edit gave it another base, not only another title."""
    return payload.changes is not None and payload.changes.base is not None
