"""What a finding rests on."""

from __future__ import annotations

from bot.commands.command import Answer, Call, Command, Who
from bot.commands.items import findings_named
from bot.publish.answers import as_markdown
from bot.publish.explanation import explanation


def run(call: Call) -> Answer:
    reviewed = call.reviewed()
    report = reviewed.report
    if not call.arguments:
        return Answer(as_markdown("findings", report=report))
    found = findings_named(report, call.arguments)
    return Answer(
        as_markdown(
            "explain", explained=[explanation(report, finding, reviewed.summary) for finding in found]
        )
    )


COMMAND = Command(
    word="explain",
    usage="[finding]",
    description="Explains a finding: what PostgreSQL did, why it matters, how to do better. The finding is named by its "
    "id, the beginning of it, or its rule. Without one, lists the findings with their ids.",
    who=Who.ANYBODY,
    examples=("/migration explain", "/migration explain drop-column", "/migration explain 3f2a91c0"),
    run=run,
)
