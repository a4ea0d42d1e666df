"""The steps of a review that hand a hard case on: the record of it, and a redesign that ran before anybody sees it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bot import telemetry
from bot.runner.outcome import Order, Outcome
from bot.service import Service
from bot.store.reviews import Review
from bot.summarising import models_of
from bot.summary.client import Models
from bot.summary.escalate import escalate
from bot.summary.model import Dropped, Summary
from bot.summary.redesign import redesign
from checks.proposals.model import Proof, Proposal

NOT_RUN = "It did not come to an end in the sandbox."
MOST_SECONDS = 600.0
"""Of one proposal in the sandbox."""

Run = Callable[[Order], Outcome]
"""The engine, in a process of its own."""


def escalate_review(service: Service, review: Review) -> None:
    """Put the record of a hard case into the review's summary. Done again, it changes nothing and pays nothing."""
    report, summary = service.reviews.report(review.id), service.reviews.summary(review.id)
    models = models_of(service, review)
    if report is None or summary is None or models is None or summary.escalation:
        return
    record, dropped = escalate(report, models, asked=summary.asks_for_deeper_review)
    _keep(service, review, _more(summary, models, dropped, escalation=record))


def redesign_review(service: Service, review: Review, order: Order, run: Run) -> None:
    """Put what the stronger model proposes, and what came of running it, into the summary. Done again, the same holds.

    ``order`` has the files of both sides; ``run`` carries it out with a proposal in it.
    """
    report, summary = service.reviews.report(review.id), service.reviews.summary(review.id)
    models = models_of(service, review)
    if report is None or summary is None or models is None or not summary.escalation or summary.redesign:
        return

    def prove(proposal: Proposal) -> Proof:
        return run(order.model_copy(update={"proposal": proposal})).proof or Proof(
            works=False, faults=(NOT_RUN,)
        )

    found, dropped = redesign(report, summary.escalation, models, prove)
    _keep(service, review, _more(summary, models, dropped, redesign=found))


def is_escalated(service: Service, review: Review) -> bool:
    """Whether there is a record that nobody has answered yet."""
    summary = service.reviews.summary(review.id)
    return summary is not None and summary.escalation is not None and summary.redesign is None


def _more(summary: Summary, models: Models, dropped: tuple[Dropped, ...], **found: Any) -> Summary:
    return summary.model_copy(
        update={
            **found,
            "dropped": (*summary.dropped, *dropped),
            "usage": (*summary.usage, *models.calls),
        }
    )


def _keep(service: Service, review: Review, summary: Summary) -> None:
    before = service.reviews.summary(review.id)
    service.reviews.amend_summary(review.id, summary)
    telemetry.count_calls(summary.usage[len(before.usage) if before else 0 :])
