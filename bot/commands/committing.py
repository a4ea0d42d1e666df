"""A fix as a commit on the pull request's branch: asked for by somebody who may write, of what they saw."""

from __future__ import annotations

from bot.commands.command import Call, Refused
from bot.commands.ports import Commit, Permission, Reviewed
from bot.commands.seen import expect_seen
from bot.fixes import Fix, Source
from bot.model import AuditEntry
from bot.publish.escape import markdown_code
from checks.model.findings import Finding

NAME_IT = "Name the finding: `/migration fix <finding> commit`. `/migration explain` lists them."
SEVERAL = "{named} names several findings. Name one by its id: {ids}."
NOTHING = "There is nothing to commit for {rule}: no fix of it has been run and works."
SEVERAL_DEPLOYS = "The way for {rule} takes several deploys, so it is not one commit. `/migration fix {id}` shows its files in their order."
NO_WRITER = "A commit takes write access to the repository (you have {has})."
COMMITTED = "Committed {sha} to {branch}: {title}. It is reviewed like any other push."
TITLES = {
    Source.ADVICE: "Apply the proven script for {rule}",
    Source.REDESIGN: "Apply a model's redesign, which was run, for {rule}",
    Source.ATTEMPT: "Apply a simple fix for {rule}",
}
"""Nothing of what strangers named: GitHub reads mentions and closing words in commit messages."""
MESSAGE = "{title}\n\nAsked for by {by} with /migration fix {finding} commit.\n"


def only(found: list[Finding], named: str) -> Finding:
    """The one finding that is to be fixed. Raises Refused when it is not clear which."""
    if len(found) != 1:
        ids = ", ".join(markdown_code(one.id) for one in found[:10])
        raise Refused(SEVERAL.format(named=markdown_code(named), ids=ids))
    return found[0]


def commit(call: Call, reviewed: Reviewed, finding: Finding, fixes: list[Fix]) -> str:
    """Write the best fix to the branch and into the audit trail; what is said. Raises Refused."""
    expect_seen(call, reviewed)
    if not fixes:
        raise Refused(NOTHING.format(rule=markdown_code(finding.rule)))
    fix = next((one for one in fixes if one.is_one_deploy), None)
    if fix is None:
        raise Refused(SEVERAL_DEPLOYS.format(rule=markdown_code(finding.rule), id=finding.id))
    made = call.github.commit(
        call.pull_request,
        {file.path: file.content for file in fix.files},
        fix.gone,
        message=_message(call, finding, fix),
        finding=finding.id,
        key=call.key,
    )
    return told(call, made)


def told(call: Call, made: Commit) -> str:
    """The commit goes into the audit trail, where it is once however often this is done."""
    entry = AuditEntry(
        by=call.comment.author,
        at=call.comment.created_at,
        action="fix",
        what=(made.finding,),
        head_sha=made.parent,
        reason=f"{made.sha[:12]}: {made.title}",
    )
    call.records.record(entry)
    return COMMITTED.format(
        sha=markdown_code(made.sha[:7]),
        branch=markdown_code(call.pull_request.head_ref),
        title=markdown_code(made.title),
    )


def expect_writer(call: Call) -> None:
    """Raise Refused when the commenter may not write to the repository."""
    has = call.github.permission(call.comment.author)
    if not has.covers(Permission.WRITE):
        raise Refused(NO_WRITER.format(has=f"`{has.value}`"))


def _message(call: Call, finding: Finding, fix: Fix) -> str:
    title = TITLES[fix.source].format(rule=finding.rule)
    return MESSAGE.format(title=title, by=call.comment.author, finding=finding.id)
