"""The step of a review that writes its summary: who may write it, from whose money, once."""

from __future__ import annotations

from typing import Literal

from bot import telemetry
from bot.runner.outcome import Around
from bot.service import Service
from bot.store.reviews import Review
from bot.store.spending import Spending
from bot.summary.client import Models
from bot.summary.write import summarise

Wish = Literal["auto", "template", "off"]
LEAST_FIRST: tuple[Wish, ...] = ("off", "template", "auto")


def summarise_review(service: Service, review: Review) -> None:
    """Keep a summary of the review's report. Done again, it finds the one that is there, and pays nothing."""
    report = service.reviews.report(review.id)
    wish = wish_of(service, review)
    if report is None or wish == "off" or service.reviews.summary(review.id):
        return
    summary = summarise(report, _models(service, review) if wish == "auto" else None)
    service.reviews.keep_summary(review.id, review.pull_request, summary)
    telemetry.count_summary(summary)


def wish_of(service: Service, review: Review) -> Wish:
    """The lesser of what the service and the repository allow."""
    around = Around.model_validate_json(service.reviews.around(review.id))
    return min(service.config.summary, around.summary, key=LEAST_FIRST.index)


def _models(service: Service, review: Review) -> Models | None:
    settings = service.models
    return Models(settings, Spending(service.store, settings, review)) if settings.provider else None
