"""The check run and the comment, as far as the token may write, and where no App writes them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

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
PUSHED = "A push came in while this ran: the comment is left to the run of {head}."


@dataclass(frozen=True)
class Post:
    """What a run has to say about the head of a pull request."""

    job: Job
    log: Log
    handed: Handed
    context: Context
    pull_request: PullRequest
    reported: bool = False
    """Whether it comes from a run that the author of the pull request can change."""
    refused: list[str] = field(default_factory=list)
    """What the token may not write."""

    def write(self) -> bool:
        """Write what may be written; whether the check run was, with the findings as its annotations.

        That something could not be written is said in the log, and changes no verdict.
        """
        repository, wanted = self.job.repository(), self.job.inputs
        try:
            if self._is_left_to_the_app(repository):
                return False
            check = wanted.check and self._may("a check run", lambda: self._check(repository))
            if wanted.comment and self.pull_request.number:
                self._may("a comment", lambda: self._comment(repository))
        except GitHubError as error:
            self.log.warn(NOT_WRITTEN.format(error=error))
            return False
        if self.refused:
            self.log.notice(READ_ONLY.format(what=" and ".join(self.refused)))
        return check

    def _may(self, what: str, write: Callable[[], None]) -> bool:
        try:
            write()
        except Refused as error:
            if error.status != 403:
                raise
            self.refused.append(what)
            return False
        return True

    def _is_left_to_the_app(self, repository: Repository) -> bool:
        try:
            is_here = app_is_here(repository, self.pull_request)
        except Refused:
            return False  # a token that may not even look at check runs will not write any
        if is_here:
            self.log.notice(APP_IS_HERE)
            self._may("a comment", lambda: self._step_back(repository))
        return is_here

    def _step_back(self, repository: Repository) -> None:
        """Our own comment from before the App came must not go on saying what may be no longer so."""
        found = sticky.find(repository, self.pull_request) if self.pull_request.number else None
        if found is not None:
            sticky.write(repository, self.pull_request, found, stepped_back(self.pull_request))

    def _check(self, repository: Repository) -> None:
        output, head = self._output(), self.pull_request.head_sha
        name = REPORTED_CHECK if self.reported else checks.NAME
        body = output.without_annotations()
        id = checks.find_or_create(repository, head, f"action:{self.job.run}", body, name)
        annotations = [one.model_dump(exclude_none=True) for one in output.annotations[:MOST_ANNOTATIONS]]
        checks.annotate(repository, id, {"title": output.title, "summary": output.summary}, annotations)

    def _output(self) -> CheckRunOutput:
        """Without buttons, for a job that is over does not hear them."""
        report, url = self.handed.report, self.context.report_url
        output = check_run.check_run(report, self.context) if report else check_run.no_migrations(url)
        is_green = output.conclusion == "success"
        conclusion = "neutral" if is_green and self.reported else output.conclusion
        return output.model_copy(update={"actions": (), "conclusion": conclusion})

    def _comment(self, repository: Repository) -> None:
        now, _ = repository.pull_request(self.pull_request.number)
        if now.head_sha != self.pull_request.head_sha:
            self.log.notice(PUSHED.format(head=now.head_sha[:12]))
            return
        found = sticky.find(repository, self.pull_request)
        if self.reported and found is not None and _was_measured(found, self.pull_request):
            return
        body = self._body(found is not None)
        if body is not None:
            sticky.write(repository, self.pull_request, found, body)

    def _body(self, is_there: bool) -> str | None:
        if self.handed.report is None:
            return nothing_left(self.pull_request) if is_there else None
        body = comment(self.handed.report, self.context.model_copy(update={"commented": is_there}))
        return f"{body}\n{REPORTED}\n" if body and self.reported else body


def app_is_here(repository: Repository, pull_request: PullRequest) -> bool:
    """Whether another App has our check run on the head, or its comment under the pull request."""
    runs = checks.of_commit(repository, pull_request.head_sha)
    if any((run.get("app") or {}).get("slug") not in (None, OWN_APP) for run in runs):
        return True
    return bool(pull_request.number) and any(
        sticky.is_about(one, pull_request) and _is_of_another_app(one)
        for one in repository.all_comments(pull_request.number)
    )


def _is_of_another_app(comment: dict[str, Any]) -> bool:
    """Anybody can copy the hidden line; only an App that was let into the repository writes as a bot."""
    return (comment.get("user") or {}).get("type") == "Bot" and not is_by(comment, BOT)


def _was_measured(found: dict[str, Any], pull_request: PullRequest) -> bool:
    """Whether a run that nobody could tamper with has said something about this very head."""
    body = str(found["body"])
    speaks_of_head = sticky.digest(body).startswith(pull_request.head_sha)
    return speaks_of_head and not body.rstrip().endswith(REPORTED)
