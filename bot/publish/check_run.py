"""The check run ``Migration Specialist``: what it says at each point of a review."""

from __future__ import annotations

from collections.abc import Sequence

from bot.publish import view
from bot.publish.annotations import annotations_of
from bot.publish.check_output import MOST_TEXT, MOST_TITLE, Action, CheckRunOutput, Step, shortened
from bot.publish.context import Context
from bot.publish.escape import markdown_prose, one_line
from bot.publish.markdown import DETAILS, report_sections
from bot.publish.sections import Section, fit, size_in_bytes
from bot.publish.standing import conclusion, headline
from checks.model.report import Report

VALIDATE = Action(label="Re-validate", description="Run the migrations once more", identifier="validate")
APPROVE = Action(label="Approve", description="Approve all that waits for a person", identifier="approve")
EXPLAIN = Action(label="Explain", description="Explain the findings in a comment", identifier="explain")

QUEUED = ("Waiting for its turn", "The migrations of this commit are run as soon as there is room.")
IN_PROGRESS = "Running the migrations"
NOTHING_STARTED = "The review has begun."
NO_MIGRATIONS = ("No migration changed", "This commit adds, edits and deletes no migration.")
BROKEN = (
    "The review did not come to an end",
    "Nothing is known about the migrations of this commit. {reason}\n\n"
    "**Re-validate** tries once more. If it happens again, tell whoever runs this service.",
)
PAUSED = (
    "Paused by {by}",
    "Nothing is known about the migrations of this commit: it was pushed during a pause.\n\n"
    "`/migration resume` ends the pause and reviews it; **Re-validate** reviews it once.",
)
STEP_SIGNS = {"waiting": "▫️", "running": "⏳", "done": "✅", "failed": "❌"}


def check_run(report: Report, context: Context) -> CheckRunOutput:
    """The finished review."""
    opening, rest = _summary_and_text(report, context)
    return CheckRunOutput(
        status="completed",
        conclusion=conclusion(report, context.standing),
        title=shortened(_title(report, context), MOST_TITLE),
        summary=fit(opening, MOST_TEXT, context.report_url, size_in_bytes),
        text=fit(rest, MOST_TEXT, context.report_url, size_in_bytes) or None,
        annotations=annotations_of(report, context.standing),
        actions=_actions(report, context),
        details_url=context.report_url,
    )


def queued(details_url: str | None = None) -> CheckRunOutput:
    title, summary = QUEUED
    return CheckRunOutput(status="queued", title=title, summary=summary, details_url=details_url)


def in_progress(steps: Sequence[Step], details_url: str | None = None) -> CheckRunOutput:
    lines = [f"- {STEP_SIGNS[step.state]} {markdown_prose(step.name)}" for step in steps]
    running = [one_line(step.name) for step in steps if step.state == "running"]
    return CheckRunOutput(
        status="in_progress",
        title=shortened(running[-1] if running else IN_PROGRESS, MOST_TITLE),
        summary=shortened("\n".join(lines) or NOTHING_STARTED, MOST_TEXT),
        details_url=details_url,
    )


def no_migrations(details_url: str | None = None) -> CheckRunOutput:
    """A success, for a check that is required and never reported blocks for ever."""
    title, summary = NO_MIGRATIONS
    return CheckRunOutput(
        status="completed",
        conclusion="success",
        title=title,
        summary=summary,
        actions=(VALIDATE,),
        details_url=details_url,
    )


def paused(by: str, details_url: str | None = None) -> CheckRunOutput:
    """Not green and not running: a required check holds the commit back until somebody resumes."""
    title, summary = PAUSED
    return CheckRunOutput(
        status="completed",
        conclusion="action_required",
        title=shortened(title.format(by=one_line(by)), MOST_TITLE),
        summary=summary,
        actions=(VALIDATE,),
        details_url=details_url,
    )


def broken(reason: str, details_url: str | None = None) -> CheckRunOutput:
    """The service failed, not the migrations; that is never green either."""
    title, summary = BROKEN
    return CheckRunOutput(
        status="completed",
        conclusion="failure",
        title=title,
        summary=shortened(summary.format(reason=markdown_prose(reason[:4_000])), MOST_TEXT),
        actions=(VALIDATE,),
        details_url=details_url,
    )


def _title(report: Report, context: Context) -> str:
    verdict = view.VERDICTS[context.standing.verdict]
    return f"{verdict}: {one_line(headline(report, context.standing))}"


def _summary_and_text(report: Report, context: Context) -> tuple[list[Section], list[Section]]:
    """What decides goes into the summary, down to the findings; the evidence into the text."""
    for detail in DETAILS:
        parts = report_sections(report, context, detail)
        border = 2 if len(parts) > 1 and parts[1].title == "Findings" else 1
        opening, rest = parts[:border], parts[border:]
        if max(_size(opening), _size(rest)) <= MOST_TEXT:
            break
    return opening, rest


def _size(parts: Sequence[Section]) -> int:
    return sum(size_in_bytes(part.text) + 2 for part in parts)


def _actions(report: Report, context: Context) -> tuple[Action, ...]:
    standing = context.standing
    actions = [VALIDATE]
    if standing.open_findings or standing.open_unproven:
        actions.append(APPROVE)
    if report.findings:
        actions.append(EXPLAIN)
    return tuple(actions)
