"""How the pull request stands: verdict, what is open, who said what."""

from __future__ import annotations

from bot.approvals import stand, unproven_id
from bot.commands.command import Answer, Call, Command, Who
from bot.publish.answers import as_markdown

APPROVE = "`/migration approve <id> [reason]`, or `all`"


def run(call: Call) -> Answer:
    reviewed = call.reviewed()
    waivers = call.records.waivers()
    standing = stand(reviewed.report, call.records.approvals(), waivers, today=call.today)
    return Answer(
        as_markdown(
            "status",
            headline=reviewed.report.headline,
            head=reviewed.head_sha[:7],
            standing=standing,
            waivers=[waiver for waiver in waivers if call.today <= waiver.until],
            paused=call.records.paused(),
            trail=call.records.trail(),
            unproven_id=unproven_id,
            how=APPROVE,
            answers=True,
        )
    )


COMMAND = Command(
    word="status",
    usage="",
    description="Says how the pull request stands: the verdict, what needs an approval, what was approved or ignored by "
    "whom, and the audit trail.",
    who=Who.ANYBODY,
    examples=("/migration status",),
    run=run,
)
