"""What a finished review writes to GitHub, step by step; each finds what it wrote before."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from bot.approvals import stand
from bot.github import checks, sticky
from bot.github.errors import Refused
from bot.github.repository import Repository
from bot.model import PullRequest
from bot.publish import check_run
from bot.publish.comment import comment, nothing_left
from bot.publish.context import Context
from bot.publish.suggestions import Suggestion, suggestions
from bot.runner.outcome import Around
from bot.service import Service
from bot.store.reviews import Review, State
from checks.model.report import Report

Write = Callable[[], None]
SUPERSEDED = (
    "A newer review took its place",
    "Look at the newest commit, or at the newest check of this one.",
)


def steps(service: Service, review: Review, check: int, *, report: bool) -> Iterator[tuple[str, Write]]:
    """Names and deeds, in the order in which people should see them."""
    if not report:
        yield "check run", lambda: _without_report(service, review, check)
        if review.pull_request.number:
            yield "comment", lambda: _nothing_left(service, review)
        return
    yield "check run", lambda: _check_run(service, review, check)
    if review.pull_request.number:
        yield "comment", lambda: _comment(service, review)
        yield "suggestions", lambda: _suggestions(service, review)
        yield "hand-off", lambda: _handoff(service, review)


def close(service: Service, review: Review, state: State, reason: str) -> None:
    """The check run of a review without a report: it must not look as if it still ran."""
    repository = service.repository(review.pull_request)
    found = checks.find(repository, review.pull_request.head_sha, review.id)
    if state is State.OVERTAKEN:
        if found is not None:
            title, summary = SUPERSEDED
            output = {"title": title, "summary": summary}
            checks.update(
                repository, found, {"status": "completed", "conclusion": "cancelled", "output": output}
            )
        return
    output = check_run.broken(reason, service.config.report_url(review.id)).without_annotations()
    if found is None:
        checks.find_or_create(repository, review.pull_request.head_sha, review.id, output)
    else:
        checks.update(repository, found, output)


def hold(service: Service, pull_request: PullRequest, id: str) -> None:
    """The check run of a commit that is not reviewed because of a pause, once for each ``id``."""
    trail = service.records(pull_request).trail()
    by = next((entry.by for entry in reversed(trail) if entry.action == "pause"), "somebody")
    output = check_run.paused(by).without_annotations()
    checks.find_or_create(service.repository(pull_request), pull_request.head_sha, id, output)


def context_of(service: Service, review: Review, report: Report) -> Context:
    """What stands around a report now: approvals and waivers count from the moment they are given."""
    records = service.records(review.pull_request)
    around = Around.model_validate_json(service.reviews.around(review.id))
    return Context(
        standing=stand(report, records.approvals(), records.waivers()),
        pull_request=review.pull_request if review.pull_request.number else None,
        report_url=service.config.report_url(review.id),
        server_url=service.config.github_url,
        downstream=around.usages,
        downstream_stopped=around.stopped,
        handoff=around.handoff.reasons,
        summary=service.reviews.summary(review.id),
        comment_on_pass=service.config.comment_on_pass,
    )


def _check_run(service: Service, review: Review, check: int) -> None:
    report = _report(service, review)
    output = check_run.check_run(report, context_of(service, review, report))
    repository = service.repository(review.pull_request)
    service.reviews.published(review.id)
    annotations = [one.model_dump(exclude_none=True) for one in output.annotations]
    text = {"title": output.title, "summary": output.summary}
    checks.annotate(repository, check, text, annotations)
    checks.update(repository, check, output.without_annotations())


def _without_report(service: Service, review: Review, check: int) -> None:
    output = check_run.no_migrations()
    checks.update(service.repository(review.pull_request), check, output.without_annotations())


def _nothing_left(service: Service, review: Review) -> None:
    """Silent, unless a comment from an earlier commit would go on saying what is no longer so."""
    repository, pull_request = service.repository(review.pull_request), review.pull_request
    found = sticky.find(repository, pull_request)
    if found is not None:
        sticky.write(repository, pull_request, found, nothing_left(pull_request))


def _comment(service: Service, review: Review) -> None:
    report = _report(service, review)
    repository, pull_request = service.repository(review.pull_request), review.pull_request
    found = sticky.find(repository, pull_request)
    context = context_of(service, review, report).model_copy(update={"commented": found is not None})
    body = comment(report, context)
    if body is not None:
        sticky.write(repository, pull_request, found, body)


def _suggestions(service: Service, review: Review) -> None:
    """Each once: what was said on the line already, by this App and in these words, is not said again."""
    report = _report(service, review)
    files = Around.model_validate_json(service.reviews.around(review.id)).files
    if not files:
        return
    repository, pull_request = service.repository(review.pull_request), review.pull_request
    patches = repository.patches(pull_request.number)
    context = context_of(service, review, report).model_copy(
        update={
            "head_files": files,
            "diff_lines": {path: diff_lines(patches[path]) for path in files if path in patches},
        }
    )
    said = {(one.get("path"), one.get("body")) for one in repository.line_comments(pull_request.number)}
    for suggestion in suggestions(report, context):
        if (suggestion.path, suggestion.body) not in said:
            _suggest(repository, pull_request, suggestion)


def _suggest(repository: Repository, pull_request: PullRequest, suggestion: Suggestion) -> None:
    place: dict[str, Any] = {"path": suggestion.path, "line": suggestion.line, "side": "RIGHT"}
    if suggestion.start_line is not None:
        place |= {"start_line": suggestion.start_line, "start_side": "RIGHT"}
    body = {"body": suggestion.body, "commit_id": pull_request.head_sha}
    repository.create_line_comment(pull_request.number, {**body, **place})


def _handoff(service: Service, review: Review) -> None:
    handoff = Around.model_validate_json(service.reviews.around(review.id)).handoff
    repository, number = service.repository(review.pull_request), review.pull_request.number
    repository.label(number, handoff.labels)
    try:
        repository.ask_for_review(number, handoff.reviewers, handoff.teams)
    except Refused as error:
        if error.status != 422:  # somebody who is no collaborator: the comment says who was wanted
            raise


def _report(service: Service, review: Review) -> Report:
    report = service.reviews.report(review.id)
    if report is None:
        raise Refused(f"the report {review.id} was deleted", 410)
    return report


LINE = re.compile(r"^@@ -\d+(?:,\d+)? \+(\d+)(?:,\d+)? @@")


def diff_lines(patch: str) -> frozenset[int]:
    """The lines of the head that a file's diff shows (unified format): only there a comment can stand."""
    shown: set[int] = set()
    line = 0
    for text in patch.splitlines():
        if match := LINE.match(text):
            line = int(match[1])
        elif text.startswith(("+", " ")):
            shown.add(line)
            line += 1
    return frozenset(shown)
