"""The check run and the comment, as far as the token may write, and where no App writes them."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from bot.action.handed import Handed
from bot.action.job import BOT, Job
from bot.action.log import Log
from bot.github import checks, sticky
from bot.github.errors import GitHubError, Refused
from bot.github.repository import Repository, is_by
from bot.model import PullRequest
from bot.publish import check_run
from bot.publish.check_output import CheckRunOutput
from bot.publish.comment import comment, nothing_left, stepped_back
from bot.publish.context import Context

log = logging.getLogger(__name__)

MOST_ANNOTATIONS = 250
"""Of one check run; each fifty take a request."""
OWN_APP = "github-actions"
"""The App that a job's token belongs to (its slug)."""
REPORTED = "<!-- migration:reported -->"
"""At the end of a comment whose report comes from a run that the author of the pull request can change."""
REPORTED_CHECK = f"{checks.NAME} (reported)"
"""Not the name that branch protection requires: such a report can be made up."""
APP_IS_HERE = "The App reviews this pull request already, so this run writes no check run and no comment."
READ_ONLY = (
    "The token of this run may not write {what}, so the results are in the job summary and in the annotations. "
    "GitHub gives pull requests from forks and of Dependabot no more than that; docs/action.md has the second workflow "
    "that shows them in the pull request. In other cases: `permissions` of the job."
)
NOT_WRITTEN = "GitHub was not told everything: {error}"


@dataclass(frozen=True)
class Posted:
    check: bool = False
    """Whether there is a check run, with the findings as its annotations."""


def post(
    job: Job, log: Log, handed: Handed, context: Context, pull_request: PullRequest, *, reported: bool = False
) -> Posted:
    """Write what may be written. That something could not be is said in the log, and changes no verdict."""
    repository = job.repository()
    refused: list[str] = []
    done = {"check run": False, "comment": False}
    try:
        if app_is_here(repository, pull_request):
            log.notice(APP_IS_HERE)
            _step_back(repository, pull_request)
            return Posted()
        for what, wanted, write in (
            ("check run", job.inputs.check, _check),
            ("comment", job.inputs.comment, _comment),
        ):
            if wanted:
                try:
                    write(job, repository, handed, context, pull_request, reported)
                    done[what] = True
                except Refused as error:
                    if error.status != 403:
                        raise
                    refused.append(f"a {what}")
    except GitHubError as error:
        log.warn(NOT_WRITTEN.format(error=error))
    if refused:
        log.notice(READ_ONLY.format(what=" and ".join(refused)))
    return Posted(check=done["check run"])


def app_is_here(repository: Repository, pull_request: PullRequest) -> bool:
    """Whether another App has our check run on the head, or its comment under the pull request."""
    runs = checks.of_commit(repository, pull_request.head_sha)
    if any((run.get("app") or {}).get("slug") not in (None, OWN_APP) for run in runs):
        return True
    return bool(pull_request.number) and any(
        sticky.is_about(one, pull_request) and _is_of_another_app(one)
        for one in repository.all_comments(pull_request.number)
    )


def _is_of_another_app(comment: dict[str, object]) -> bool:
    """Anybody can copy the hidden line; only an App that was let into the repository writes as a bot."""
    user = comment.get("user")
    return isinstance(user, dict) and user.get("type") == "Bot" and not is_by(comment, BOT)


def _step_back(repository: Repository, pull_request: PullRequest) -> None:
    """Our own comment from before the App came must not go on saying what may be no longer so."""
    found = sticky.find(repository, pull_request) if pull_request.number else None
    if found is not None:
        sticky.write(repository, pull_request, found, stepped_back(pull_request))


def _check(
    job: Job,
    repository: Repository,
    handed: Handed,
    context: Context,
    pull_request: PullRequest,
    reported: bool,
) -> None:
    output = _output(job, handed, context)
    if reported:
        output = output.model_copy(
            update={"conclusion": "neutral" if output.conclusion == "success" else output.conclusion}
        )
    name = REPORTED_CHECK if reported else checks.NAME
    body = output.without_annotations()
    id = checks.find_or_create(repository, pull_request.head_sha, f"action:{job.run}", body, name)
    text = {"title": output.title, "summary": output.summary}
    annotations = [one.model_dump(exclude_none=True) for one in output.annotations[:MOST_ANNOTATIONS]]
    checks.annotate(repository, id, text, annotations)


def _output(job: Job, handed: Handed, context: Context) -> CheckRunOutput:
    """Without buttons, for a job that is over does not hear them."""
    if handed.report is None:
        output = check_run.no_migrations(job.run_url)
    else:
        output = check_run.check_run(handed.report, context)
    return output.model_copy(update={"actions": ()})


def _comment(
    job: Job,
    repository: Repository,
    handed: Handed,
    context: Context,
    pull_request: PullRequest,
    reported: bool,
) -> None:
    if not pull_request.number:
        return
    found = sticky.find(repository, pull_request)
    if reported and found is not None and _was_measured(found, pull_request):
        return
    if handed.report is None:
        if found is not None:
            sticky.write(repository, pull_request, found, nothing_left(pull_request))
        return
    body = comment(handed.report, context.model_copy(update={"commented": found is not None}))
    if body is not None:
        sticky.write(repository, pull_request, found, f"{body}\n{REPORTED}\n" if reported else body)


def _was_measured(found: dict[str, object], pull_request: PullRequest) -> bool:
    """Whether a run that nobody could tamper with has said something about this very head."""
    body = str(found["body"])
    speaks_of_head = sticky.digest(body).startswith(pull_request.head_sha)
    return speaks_of_head and not body.rstrip().endswith(REPORTED)
