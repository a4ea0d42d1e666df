"""Who may do what: by GitHub's collaborator permission and the configuration of the base branch."""

from __future__ import annotations

from bot.commands.command import Call, Refused, Who
from bot.commands.ports import Comment, GitHub, Permission
from bot.model import PullRequest
from bot.publish.escape import markdown_text
from bot.publish.wording import listed

NOT_A_RUNNER = "This runs migrations, so it takes write access to the repository (you have {has})."
NOT_A_RUNNER_FORK = (
    "The branch is in a fork. Somebody with write access has to look at it first and write `/migration validate` "
    "(you have {has})."
)
NO_APPROVER = "This takes the role `{needs}` or more in the repository (you have {has})."
NOT_IN_TEAM = "This takes a member of the team {teams}."
OWN_PULL_REQUEST = (
    "The author of a pull request cannot answer for it: somebody else has to. "
    "(`approvals: {author: true}` in the configuration of the base branch allows it.)"
)


def expect_permission(call: Call, who: Who) -> None:
    """Raise Refused when the commenter may not use such a command."""
    if who is Who.RUNNERS:
        expect_runner(call.comment, call.pull_request, call.github)
    elif who is Who.APPROVERS:
        _expect_approver(call)


def is_by_author(comment: Comment, pull_request: PullRequest) -> bool:
    """Logins are the same in upper and lower case."""
    return comment.author.lower() == pull_request.author.lower()


def expect_runner(comment: Comment, pull_request: PullRequest, github: GitHub) -> None:
    """Raise Refused when the commenter may not have this pull request's migrations run."""
    if is_by_author(comment, pull_request) and not pull_request.fork:
        return
    has = github.permission(comment.author)
    if not has.covers(Permission.WRITE):
        text = NOT_A_RUNNER_FORK if pull_request.fork else NOT_A_RUNNER
        raise Refused(text.format(has=f"`{has.value}`"))


def _expect_approver(call: Call) -> None:
    approvals = call.settings.approvals
    if is_by_author(call.comment, call.pull_request) and not approvals.author:
        raise Refused(OWN_PULL_REQUEST)
    if approvals.teams:
        if not any(call.github.is_member(team, call.comment.author) for team in approvals.teams):
            raise Refused(NOT_IN_TEAM.format(teams=markdown_text(listed(approvals.teams, at_most=10))))
        return
    has = call.github.permission(call.comment.author)
    if not has.covers(Permission(approvals.permission)):
        raise Refused(NO_APPROVER.format(needs=approvals.permission, has=f"`{has.value}`"))
