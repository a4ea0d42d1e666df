"""The workflow of a review: announce → snapshot → validate → summarise → publish, each step checkpointed by DBOS.

A step may run twice when the process dies in the middle of it, and never after it was done. So every step that writes
finds what it wrote before.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial
from typing import Any

from dbos import DBOS, DBOSConfiguredInstance, SetEnqueueOptions, SetWorkflowID

from bot import publishing
from bot.github import checks, files
from bot.github.errors import GitHubError, Unavailable
from bot.model import Model, PullRequest
from bot.publish import check_run
from bot.publish.check_output import Step
from bot.runner.outcome import Order, Outcome
from bot.runner.run import run
from bot.service import Service
from bot.steps import GaveUp, Overtaken, attempt
from bot.store.reviews import Review, State
from bot.summarising import summarise_review

log = logging.getLogger(__name__)

REVIEWS, VALIDATIONS = "reviews", "validations"
READ, RUN, PUBLISH = "Read the files of both sides", "Run the migrations", "Publish the report"
LOST = "The sandbox was lost or could not be started"


class Snapshot(Model):
    """The commits that are compared: they never change, so their files need not be kept."""

    base_tip: str
    fork_point: str
    head: str


@DBOS.dbos_class()
class Workflows(DBOSConfiguredInstance):
    def __init__(self, service: Service):
        super().__init__("service")
        self.service = service

    def register_queues(self) -> None:
        config = self.service.config
        DBOS.register_queue(REVIEWS, partition_concurrency=1, polling_interval_sec=0.3)
        DBOS.register_queue(
            VALIDATIONS,
            worker_concurrency=config.reviews_in_all,
            partition_concurrency=config.reviews_per_installation,
            polling_interval_sec=0.3,
        )

    def start(self, id: str, pull_request: PullRequest) -> bool:
        """Ask for a review and make it the one that may write; False when it is there already."""
        new = self.service.reviews.begin(id, pull_request)
        with SetWorkflowID(id), SetEnqueueOptions(queue_partition_key=partition(pull_request)):
            DBOS.enqueue_workflow(REVIEWS, self.review, id)
        return new

    def republish(self, id: str, key: str, pull_request: PullRequest) -> None:
        """Write a finished review's check run and comment again, once for each key."""
        with (
            SetWorkflowID(f"{id}:again:{key}"),
            SetEnqueueOptions(queue_partition_key=partition(pull_request)),
        ):
            DBOS.enqueue_workflow(REVIEWS, self.publish_again, id)

    @DBOS.workflow()
    def review(self, id: str) -> None:
        review = self._review(id)
        try:
            check = self._attempt("announce", lambda: self._announce(review))
            snapshot = self._attempt("snapshot", lambda: self._snapshot(review))
            report = self._validated(review, check, snapshot)
            if report:
                self._summarise(review)
            self._publish(review, check, report)
        except Overtaken:
            self._close(review, State.OVERTAKEN)
        except GaveUp as error:
            log.warning("review %s of %s gave up: %s", id, review.pull_request.full_name, error)
            self._close(review, State.FAILED, str(error))
        else:
            self.service.reviews.set(id, State.DONE)

    @DBOS.workflow()
    def publish_again(self, id: str) -> None:
        review = self._review(id)
        try:
            check = self._attempt("announce", lambda: self._announce(review))
            self._publish(review, check, report=True)
        except Overtaken:
            return
        except GaveUp as error:
            log.warning("report %s cannot be published again: %s", id, error)

    @DBOS.workflow()
    def validation(self, id: str, check: int, snapshot: Snapshot) -> bool:
        """Whether there is a report; False when no migration changed. Raises GaveUp."""
        review = self._review(id)
        self.service.reviews.set(id, State.RUNNING)
        return bool(self._attempt("validate", lambda: self._validate(review, check, snapshot)))

    # ── the steps

    def _announce(self, review: Review) -> int:
        self._expect_wanted(review)
        pull_request = review.pull_request
        output = check_run.queued(self.service.config.report_url(review.id))
        repository = self.service.repository(pull_request)
        return checks.find_or_create(
            repository, pull_request.head_sha, review.id, output.without_annotations()
        )

    def _snapshot(self, review: Review) -> Snapshot:
        self._expect_wanted(review)
        pull_request = review.pull_request
        repository = self.service.repository(pull_request)
        if not pull_request.number:
            return Snapshot(
                base_tip=pull_request.base_sha, fork_point=pull_request.base_sha, head=pull_request.head_sha
            )
        now, is_open = repository.pull_request(pull_request.number)
        if not is_open:
            raise Overtaken
        if now.head_sha != pull_request.head_sha:
            # Either a push whose delivery is on its way, or an answer that is older than the delivery.
            raise Unavailable(f"GitHub shows {now.head_sha[:7]} as the head, not {pull_request.head_sha[:7]}")
        tip = repository.tip(now.base_ref)
        return Snapshot(base_tip=tip, fork_point=repository.merge_base(tip, now.head_sha), head=now.head_sha)

    def _validate(self, review: Review, check: int, snapshot: Snapshot) -> bool:
        """Fetch, run, keep the report. Raises Unavailable when the sandbox was lost: the next time may go better."""
        self._expect_wanted(review)
        if self.service.reviews.report(review.id):
            return True
        self._show(review, check, READ)
        order = self._order(review, snapshot)
        self._show(review, check, RUN)
        outcome = run(order, lambda what: None, most_seconds=self.service.config.review_seconds)
        return self._keep(review, outcome)

    def _order(self, review: Review, snapshot: Snapshot) -> Order:
        repository = self.service.repository(review.pull_request)
        base, head = files.both_sides(repository, snapshot.base_tip, snapshot.fork_point, snapshot.head)
        config = self.service.config
        return Order(
            base={path: base.read(path) for path in base.paths()},
            head={path: head.read(path) for path in head.paths()},
            base_label=base.label,
            head_label=head.label,
            author=review.pull_request.author,
            provider=config.provider,
            require_isolation=config.require_isolation,
            server_url=config.server_url,
            most_seconds=config.review_seconds,
        )

    def _keep(self, review: Review, outcome: Outcome) -> bool:
        if outcome.problem and outcome.passing:
            raise Unavailable(f"{LOST}: {outcome.problem}")
        if outcome.problem:
            raise GaveUp(outcome.problem)
        if outcome.report:
            around = outcome.around.model_dump_json()
            self.service.reviews.keep(review.id, review.pull_request, outcome.report, around)
        return outcome.report is not None

    def _validated(self, review: Review, check: int, snapshot: Snapshot) -> bool:
        pull_request = review.pull_request
        with (
            SetWorkflowID(f"{review.id}:validation"),
            SetEnqueueOptions(queue_partition_key=str(pull_request.installation)),
        ):
            running = DBOS.enqueue_workflow(VALIDATIONS, self.validation, review.id, check, snapshot)
        return bool(running.get_result())

    def _summarise(self, review: Review) -> None:
        """Prose is a courtesy: a review does not fail for it."""
        try:
            write = partial(self._while_wanted, review, partial(summarise_review, self.service, review))
            self._attempt("summarise", write)
        except GaveUp as error:
            log.warning("review %s has no summary: %s", review.id, error)

    def _publish(self, review: Review, check: int, report: bool) -> None:
        for name, write in publishing.steps(self.service, review, check, report=report):
            self._attempt(name, partial(self._while_wanted, review, write))

    # ── around them

    def _attempt(self, name: str, do: Callable[[], Any]) -> Any:
        return attempt(name, do, self.service.config.retry_seconds)

    def _review(self, id: str) -> Review:
        review = self.service.reviews.get(id)
        if review is None:
            raise GaveUp(f"the review {id} was deleted")
        return review

    def _expect_wanted(self, review: Review) -> None:
        if not self.service.reviews.may_write(review):
            raise Overtaken

    def _while_wanted(self, review: Review, write: Callable[[], None]) -> None:
        self._expect_wanted(review)
        write()

    def _show(self, review: Review, check: int, running: str) -> None:
        """Progress is a courtesy: a review does not fail for it."""
        names = (READ, RUN, PUBLISH)
        done = names.index(running)
        states = ["done"] * done + ["running"] + ["waiting"] * (len(names) - done - 1)
        steps = [
            Step.model_validate({"name": name, "state": state})
            for name, state in zip(names, states, strict=True)
        ]
        output = check_run.in_progress(steps, self.service.config.report_url(review.id))
        try:
            checks.update(self.service.repository(review.pull_request), check, output.without_annotations())
        except GitHubError as error:
            log.warning("progress of %s is not shown: %s", review.id, error)

    def _close(self, review: Review, state: State, reason: str = "") -> None:
        """End the check run of a review that gives no report; nothing else of it is written."""
        try:
            self._attempt("close", lambda: publishing.close(self.service, review, state, reason))
        except GaveUp as error:
            log.error("the check run of %s stays open: %s", review.id, error)
        self.service.reviews.set(review.id, state, reason)


def partition(pull_request: PullRequest) -> str:
    """One review at a time of these; a merge group is by itself."""
    return f"{pull_request.full_name}#{pull_request.number or pull_request.head_sha}"
