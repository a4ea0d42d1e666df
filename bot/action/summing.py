"""The summary of a job: by a model where the workflow gives a key, by the rules and within the limits of the App's."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from bot import progress
from bot.action.job import Job
from bot.model import PullRequest
from bot.summary.client import Models
from bot.summary.escalate import escalate
from bot.summary.ledger import OneReview
from bot.summary.model import Dropped, Summary
from bot.summary.redesign import redesign
from bot.summary.settings import read_model_settings
from bot.summary.write import summarise
from checks.errors import MigrationError
from checks.model.report import Report
from checks.proposals import prove
from checks.proposals.model import Proof, Proposal
from checks.settings import Settings
from checks.trees import Tree

NOT_RUN = "It could not be run in the sandbox: {error}"

Prove = Callable[[Proposal], Proof]


def summary_for(
    job: Job, report: Report | None, settings: Settings, pull_request: PullRequest | None, prove: Prove
) -> Summary | None:
    """None when there is nothing to say, or the configuration wants none. ``prove`` runs what a model proposes.

    Raises UsageError for a wrong ``MIGRATION_MODEL_`` setting. No failure of a model raises.
    """
    if report is None or settings.summary == "off":
        return None
    models = models_of(job, settings, pull_request)
    summary = summarise(report, models)
    return _handed_on(report, summary, models, prove) if models else summary


def prover(before: Tree, after: Tree, settings: Settings) -> Prove:
    """Runs a model's files in a sandbox like the pull request's own."""

    def run(proposal: Proposal) -> Proof:
        try:
            with progress.shown() as show:
                return prove(before, after, proposal, settings, show)
        except MigrationError as error:
            return Proof(works=False, faults=(NOT_RUN.format(error=error),))

    return run


def models_of(job: Job, settings: Settings, pull_request: PullRequest | None) -> Models | None:
    """None without a key. A stranger's pull request starts its run by itself: no money is spent for that."""
    key = job.model_key.get_secret_value()
    is_strangers = job.event == "pull_request" and pull_request is not None and pull_request.fork
    if not key or settings.summary != "auto" or is_strangers:
        return None
    found = read_model_settings({**os.environ, "ANTHROPIC_API_KEY": key})
    return Models(found.model_copy(update={"key": job.model_key}), OneReview(found.dollars_per_review))


def _handed_on(report: Report, summary: Summary, models: Models, prove: Prove) -> Summary:
    """A hard case with the record of it, and with what the stronger model proposes after that was run."""
    record, dropped = escalate(report, models, asked=summary.asks_for_deeper_review)
    summary = _more(summary, models, dropped, escalation=record)
    if record is None:
        return summary
    found, dropped = redesign(report, record, models, prove)
    return _more(summary, models, dropped, redesign=found)


def _more(summary: Summary, models: Models, dropped: tuple[Dropped, ...], **found: Any) -> Summary:
    more = {**found, "dropped": (*summary.dropped, *dropped), "usage": tuple(models.calls)}
    return summary.model_copy(update=more)
