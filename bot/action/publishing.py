"""The job of ``workflow_run``: show what a run without rights has found.

The run was the pull request's own, so its author can have written whatever the artifact holds. It is data: its size
and shape are checked, its text is escaped, and whom it is about is asked of GitHub and never of the artifact.
"""

from __future__ import annotations

from bot.action.handed import read_handed
from bot.action.job import Job
from bot.action.log import Log
from bot.action.posting import Post
from bot.action.results import REVIEW, summary_of, write_summary
from bot.action.reviewing import context_of
from bot.exit_codes import PASSED
from bot.github.repository import Repository
from bot.model import PullRequest
from bot.payloads import WorkflowRun
from bot.summary.write import summarise
from checks.errors import UsageError

DOWNLOADED = "downloaded"
"""The folder below the job's own in which ``action.yml`` puts the artifact."""
ORIGIN = (
    "This is what a run of the pull request's own branch reports. Whoever opened it can change that run, so read it, and "
    "do not rely on it."
)
OTHER_EVENT = "The run was started by {event}, not by a pull request: there is nothing to publish."
NO_PULL_REQUEST = "No open pull request has {sha} as its head any more: there is nothing to publish."
SEVERAL = (
    "{count} open pull requests have {sha} as their head, and it is not known which one the run was for."
)
NO_REPORT = "The run left no report: it ended before there was one."


def publish(job: Job, log: Log) -> int:
    """Raises GitHubError; FileError when the artifact is not what a run of the Action leaves."""
    run = job.payload.workflow_run
    if run is None:
        raise UsageError("the event names no run of a workflow")
    if run.event != "pull_request":
        log.notice(OTHER_EVENT.format(event=run.event))
        return PASSED
    found = _pull_requests(job.repository(), run)
    if len(found) != 1:
        said = SEVERAL if found else NO_PULL_REQUEST
        log.notice(said.format(count=len(found), sha=run.head_sha[:12]))
        return PASSED
    handed = read_handed(job.folder / DOWNLOADED / REVIEW)
    if handed is None:
        log.notice(NO_REPORT)
        return PASSED
    is_wanted = handed.report is not None and handed.summary != "off"
    summary = summarise(handed.report, None) if handed.report and is_wanted else None
    context = context_of(job, handed, found[0], summary, ORIGIN)
    write_summary(job.summary, summary_of(handed.report, context))
    Post(job, log, handed, context, found[0], reported=True).write()
    return PASSED


def _pull_requests(repository: Repository, run: WorkflowRun) -> list[PullRequest]:
    """Open ones with the head that was run: the event says the commit and its repository, and GitHub whose it is."""
    place = run.head_repository.full_name.lower() if run.head_repository else ""
    is_fork = place != f"{repository.owner}/{repository.name}".lower()
    return [
        one for one in repository.open_pull_requests() if one.head_sha == run.head_sha and one.fork == is_fork
    ]
