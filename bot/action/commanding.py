"""The job of ``issue_comment``: commands without a server, by the rules of the App.

Nothing is kept between two jobs, so what a command needs to know of the pull request is found out by running its
migrations, which only those may ask for who may have them run.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from bot.action.handed import Handed
from bot.action.job import Inputs, Job
from bot.action.log import Log
from bot.action.posting import Post, app_is_here
from bot.action.results import cache_key, summary_of, write_outputs, write_summary
from bot.action.reviewing import as_wished, context_of, review
from bot.action.summing import prover, summary_for
from bot.commands.command import Answer, Call, Command, Refused
from bot.commands.perform import acknowledge, commands_of, perform
from bot.commands.permissions import expect_runner
from bot.commands.ports import Comment, Reviewed
from bot.commands.registry import all_commands
from bot.exit_codes import PASSED
from bot.github import files
from bot.github.conversation import Conversation
from bot.github.repository import Repository
from bot.model import Approval, AuditEntry, PullRequest, Waiver
from checks.settings import Settings, load
from checks.trees import MemoryTree

MENTIONED = "github-actions"
NO_COMMAND = "The comment holds no command for a pull request that is open.\n"
APP_ANSWERS = "The App listens to this pull request, so this run answers nothing."
NEEDS_APP = (
    "This needs the App: a workflow keeps nothing from one run to the next. Without it a finding is accepted in the file "
    "that it is about: `-- migration:ignore <hazard> reason: <why>`."
)


def command(job: Job, log: Log) -> int:
    """Carry out the commands of the comment. Raises GitHubError."""
    issue, written = job.payload.issue, job.payload.comment
    comment = written.read() if written and job.payload.action == "created" else None
    lines = commands_of(comment, MENTIONED) if comment else ()
    if comment is None or not lines or issue is None or issue.pull_request is None:
        log.text(NO_COMMAND)
        return PASSED
    repository = job.repository()
    pull_request, is_open = repository.pull_request(issue.number)
    if not is_open:
        log.text(NO_COMMAND)
        return PASSED
    if app_is_here(repository, pull_request):
        log.notice(APP_ANSWERS)
        return PASSED
    had, conversation = cache_key(), Conversation(repository, issue.number)
    acknowledge(comment, conversation)
    head = Head(job, repository, pull_request)
    for line in lines:
        perform(
            line,
            comment,
            pull_request,
            head.base()[1],
            today=date.today(),
            github=conversation,
            records=Nothing(head, comment, conversation),
            reviews=head,
            commands=commands(),
        )
    if head.is_wanted:
        _show(job, log, head)
    has = cache_key()
    write_outputs(job.output, {"cache-key": "" if has == had else has})
    return PASSED


def _show(job: Job, log: Log, head: Head) -> None:
    handed, pull_request = head.handed(), head.pull_request
    settings = head.base()[1]
    summary = summary_for(job, handed.report, settings, pull_request, prover(*head.sides(), settings))
    context = context_of(job, handed, pull_request, summary)
    write_summary(job.summary, summary_of(handed.report, context))
    Post(job, log, handed, context, pull_request).write()


def commands() -> Mapping[str, Command]:
    """All of them; those about what only the App keeps say so to whoever may use them."""
    known = all_commands()
    return {word: replace(one, run=_needs_app) if one.kept else one for word, one in known.items()}


def _needs_app(call: Call) -> Answer:
    raise Refused(NEEDS_APP)


class Head:
    """``bot.commands.ports.Reviews``: the head of a pull request, whose migrations are run at most once."""

    def __init__(self, job: Job, repository: Repository, pull_request: PullRequest):
        self._job = job
        self._repository = repository
        self._base: tuple[MemoryTree, Settings] | None = None
        self._handed: Handed | None = None
        self._sides: tuple[MemoryTree, MemoryTree] | None = None
        self.pull_request = pull_request
        self.is_wanted = False
        """Whether somebody asked for comment and check run."""

    def start(self) -> None:
        self.is_wanted = True

    def republish(self) -> None:
        """Nothing is kept that could have changed them."""

    def base(self) -> tuple[MemoryTree, Settings]:
        if self._base is None:
            tree = files.fetch(self._repository, self._tip())
            self._base = tree, as_wished(load(tree)[0], _careful(self._job.inputs, self.pull_request))
        return self._base

    def handed(self) -> Handed:
        """What came of running them. Raises MigrationError."""
        if self._handed is None:
            self._handed = review(*self.sides(), self.base()[1])
        return self._handed

    def sides(self) -> tuple[MemoryTree, MemoryTree]:
        if self._sides is None:
            tip, head = self._tip(), self.pull_request.head_sha
            fork_point = self._repository.merge_base(tip, head)
            self._sides = files.both_sides(self._repository, tip, fork_point, head)
        return self._sides

    def _tip(self) -> str:
        return self._repository.tip(self.pull_request.base_ref)


def _careful(inputs: Inputs, pull_request: PullRequest) -> Inputs:
    """The token of this job may write, so a stranger's SQL is not run beside it with nothing in between."""
    if not pull_request.fork or inputs.require_isolation is not None:
        return inputs
    return inputs.model_copy(update={"require_isolation": "namespace"})


class Nothing:
    """``bot.commands.ports.Records`` where nothing is kept: a report is made when it is asked for."""

    def __init__(self, head: Head, comment: Comment, conversation: Conversation):
        self._head = head
        self._comment = comment
        self._conversation = conversation

    def reviewed(self) -> Reviewed | None:
        """None when no migration changed. Raises Refused for whom the migrations are not run."""
        pull_request = self._head.pull_request
        expect_runner(self._comment, pull_request, self._conversation)
        report = self._head.handed().report
        if report is None:
            raise Refused(NO_MIGRATIONS.format(sha=pull_request.head_sha[:7]))
        return Reviewed(report=report, head_sha=pull_request.head_sha, published_at=self._comment.created_at)

    def head_at(self, when: datetime) -> str | None:
        return None

    def approvals(self) -> Sequence[Approval]:
        return ()

    def approve(self, approvals: Sequence[Approval]) -> None:
        raise Refused(NEEDS_APP)

    def revoke(self, items: Sequence[str]) -> None:
        raise Refused(NEEDS_APP)

    def waivers(self) -> Sequence[Waiver]:
        return ()

    def waive(self, waiver: Waiver) -> None:
        raise Refused(NEEDS_APP)

    def paused(self) -> bool:
        return False

    def pause(self, paused: bool) -> None:
        raise Refused(NEEDS_APP)

    def trail(self) -> Sequence[AuditEntry]:
        return ()

    def record(self, entry: AuditEntry) -> None:
        raise Refused(NEEDS_APP)


NO_MIGRATIONS = "`{sha}` adds, edits and deletes no migration."
