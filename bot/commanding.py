"""Commands from comments and buttons, each a workflow of its own: it survives a restart and is carried out once."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import date
from typing import Literal

from dbos import DBOS, DBOSConfiguredInstance, SetEnqueueOptions, SetWorkflowID

from bot.commands.grammar import Line, read_commands
from bot.commands.perform import acknowledge, commands_of, key_of, perform
from bot.commands.ports import Comment
from bot.github import files
from bot.github.conversation import Conversation
from bot.github.repository import Repository
from bot.model import PullRequest
from bot.reviews import Workflows, partition
from bot.service import Service
from bot.steps import GaveUp, attempt
from checks.settings import Settings, load
from checks.trees import MemoryTree

log = logging.getLogger(__name__)

COMMANDS = "commands"
Review = Callable[[PullRequest, str], str]
Wish = tuple[Literal["start", "republish"], PullRequest]


@DBOS.dbos_class()
class Commanding(DBOSConfiguredInstance):
    def __init__(self, service: Service, workflows: Workflows):
        super().__init__("commanding")
        self.service = service
        self.workflows = workflows
        self.review: Review

    def register_queues(self) -> None:
        DBOS.register_queue(COMMANDS, partition_concurrency=1, polling_interval_sec=0.3)

    def read(self, comment: Comment, installation: int, owner: str, name: str, number: int) -> str:
        """Put the commands of a comment into the queue, and show at once that they were seen."""
        lines = commands_of(comment, self.service.credentials.slug)
        for line in lines:
            place = (installation, owner, name, number)
            with (
                SetWorkflowID(f"command:{key_of(comment, line)}"),
                SetEnqueueOptions(queue_partition_key=f"{owner}/{name}#{number}"),
            ):
                DBOS.enqueue_workflow(COMMANDS, self.command, comment, line, place)
        return f"{len(lines)} commands" if lines else "ignored"

    def press(self, comment: Comment, pull_request: PullRequest, key: str) -> str:
        """A button of the check run: the same as the command in a comment, but for the reactions."""
        line = read_commands(comment.body, self.service.credentials.slug)[0]
        place = (
            pull_request.installation,
            pull_request.owner,
            pull_request.repository,
            pull_request.number,
        )
        with SetWorkflowID(f"command:{key}"), SetEnqueueOptions(queue_partition_key=partition(pull_request)):
            DBOS.enqueue_workflow(COMMANDS, self.command, comment, line, place)
        return "a button"

    @DBOS.workflow()
    def command(self, comment: Comment, line: Line, place: tuple[int, str, str, int]) -> None:
        installation, owner, name, number = place
        seconds = self.service.config.retry_seconds
        repository = Repository(
            self.service.installation(installation), installation, owner, name, self.service.credentials.bot
        )
        port = Conversation(repository, number)
        key = DBOS.workflow_id or key_of(comment, line)
        try:
            attempt("seen", lambda: acknowledge(comment, port), seconds)
            wishes = attempt("perform", lambda: self._perform(comment, line, repository, port, key), seconds)
            for wish in wishes:
                self._fulfil(wish, key)
        except GaveUp as error:
            log.error("command %s was not carried out: %s", key, error)

    def _perform(
        self, comment: Comment, line: Line, repository: Repository, port: Conversation, key: str
    ) -> list[Wish]:
        pull_request, _ = repository.pull_request(port.number)
        reviews = ReviewsPort(pull_request, repository)
        perform(
            line,
            comment,
            pull_request,
            reviews.base()[1],
            today=date.today(),
            github=port,
            records=self.service.records(pull_request),
            reviews=reviews,
        )
        return reviews.wishes

    def _fulfil(self, wish: Wish, key: str) -> None:
        what, pull_request = wish
        if what == "start":
            self.review(pull_request, key)
            return
        # The newest report of this head, if there is one: a review that is under way reads approvals at its end.
        for review in self.service.reviews.at_head(pull_request):
            if self.service.reviews.may_write(review) and self.service.reviews.report(review.id):
                self.workflows.republish(review.id, key, pull_request)


class ReviewsPort:
    """``bot.commands.ports.Reviews`` for one command: wishes are written down, for a step cannot start a workflow."""

    def __init__(self, pull_request: PullRequest, repository: Repository):
        self.wishes: list[Wish] = []
        self._pull_request = pull_request
        self._repository = repository
        self._base: MemoryTree | None = None

    def start(self) -> None:
        self.wishes.append(("start", self._pull_request))

    def republish(self) -> None:
        self.wishes.append(("republish", self._pull_request))

    def base(self) -> tuple[MemoryTree, Settings]:
        if self._base is None:
            self._base = files.fetch(self._repository, self._repository.tip(self._pull_request.base_ref))
        return self._base, load(self._base)[0]
