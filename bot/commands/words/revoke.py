"""Take approvals back."""

from __future__ import annotations

from bot.commands.command import Answer, Call, Command, Refused, Who
from bot.commands.items import approved_named

NOTHING = "There is no approval to take back."


def run(call: Call) -> Answer:
    given = list(dict.fromkeys(approval.item for approval in call.records.approvals()))
    if not given:
        raise Refused(NOTHING)
    named = call.arguments.partition(" ")[0]
    items = given if named.lower() in ("", "all") else [approved_named(given, named)]
    call.records.revoke(items)
    call.record("revoke", tuple(items))
    call.reviews.republish()
    return Answer()


COMMAND = Command(
    word="revoke",
    usage="[finding or all]",
    description="Takes approvals back, whoever gave them; all of them when none is named. The audit trail keeps both.",
    who=Who.APPROVERS,
    examples=("/migration revoke", "/migration revoke 3f2a91c0"),
    run=run,
    kept=True,
)
