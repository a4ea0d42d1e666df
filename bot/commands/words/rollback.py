"""The way back of each migration, with its proof."""

from __future__ import annotations

from bot.commands.command import Answer, Call, Command, Who
from bot.publish.answers import as_markdown


def run(call: Call) -> Answer:
    return Answer(as_markdown("rollback", report=call.reviewed().report))


COMMAND = Command(
    word="rollback",
    usage="",
    description="Answers with the down migration of each migration, the given or a drafted one, and what came of running "
    "it: up, down, up again.",
    who=Who.ANYBODY,
    examples=("/migration rollback",),
    run=run,
)
