"""Somebody takes what cannot be undone, or could not be proven, as it is."""

from __future__ import annotations

from collections.abc import Sequence

from bot.approvals import approvable
from bot.commands.command import Answer, Call, Command, Refused, Who
from bot.commands.items import approvable_named
from bot.commands.seen import expect_seen
from bot.model import Approval
from checks.model.report import Report

WHICH = "Say what you approve: `/migration approve <finding or all> [reason]`. `/migration status` lists what is open."
NOTHING = "There is nothing in this report that needs an approval."


def run(call: Call) -> Answer:
    named, _, reason = call.arguments.partition(" ")
    if not named:
        raise Refused(WHICH)
    reviewed = call.reviewed()
    expect_seen(call, reviewed)
    items = tuple(_items(reviewed.report, named))
    call.records.approve(
        [
            Approval(
                item=item,
                by=call.comment.author,
                at=call.comment.created_at,
                head_sha=reviewed.head_sha,
                reason=reason.strip(),
            )
            for item in items
        ]
    )
    call.record("approve", items, reason=reason.strip())
    call.reviews.republish()
    return Answer()


def _items(report: Report, named: str) -> Sequence[str]:
    there = list(approvable(report))
    if not there:
        raise Refused(NOTHING)
    return there if named.lower() == "all" else [approvable_named(report, named)]


COMMAND = Command(
    word="approve",
    usage="<finding or all> [reason]",
    description="Approves what cannot be undone or could not be proven. It counts for the commit that you saw and for "
    "exactly these findings: a push that changes their statements asks again.",
    who=Who.APPROVERS,
    examples=(
        "/migration approve all the column has been unused since v12",
        "/migration approve 3f2a91c0 we keep a copy",
    ),
    run=run,
    kept=True,
)
