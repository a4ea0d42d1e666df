"""The job of an event that brings migrations: run them, and show what came of it wherever it can be shown."""

from __future__ import annotations

from bot.action.handed import Handed
from bot.action.job import Job
from bot.action.log import Log
from bot.action.posting import Post
from bot.action.results import cache_key, facts_of, save, summary_of, write_outputs, write_summary
from bot.action.reviewing import as_wished, context_of, review
from bot.action.sides import sides_of
from bot.action.summing import prover, summary_for
from bot.exit_codes import PASSED, FailOn, exit_code
from bot.publish.annotations import annotations_of
from bot.publish.context import Context
from bot.publish.formats import Format, render
from bot.validation import settings_between

NOTHING = "No migration changed from {base} to {head}.\n"


def validate(job: Job, log: Log) -> int:
    """The exit code of ``migration validate``. Raises MigrationError."""
    had = cache_key()
    sides = sides_of(job)
    settings = as_wished(settings_between(sides.before, sides.after), job.inputs)
    handed = review(sides.before, sides.after, settings, sides.files)
    prove = prover(sides.before, sides.after, settings)
    summary = summary_for(job, handed.report, settings, sides.pull_request, prove)
    context = context_of(job, handed, sides.pull_request, summary)
    _leave(job, handed, context, had)
    pull_request = sides.pull_request
    has_check = pull_request is not None and Post(job, log, handed, context, pull_request).write()
    if handed.report is None:
        log.text(NOTHING.format(base=sides.before.label, head=sides.after.label))
        return PASSED
    log.text(render(handed.report, Format.TERMINAL, width=120, summary=summary))
    if not has_check:
        log.annotate(annotations_of(handed.report, context.standing))
    fail_on: FailOn = job.inputs.fail_on or settings.fail_on
    return exit_code(handed.report.verdict, fail_on)


def _leave(job: Job, handed: Handed, context: Context, had: str) -> None:
    """Files, summary and outputs, before GitHub is told: they are there whatever it answers."""
    has = cache_key()
    write_summary(job.summary, summary_of(handed.report, context))
    files = save(handed, context, job.folder)
    write_outputs(job.output, {**facts_of(handed.report), **files, "cache-key": "" if has == had else has})
