"""The configuration that is in force."""

from __future__ import annotations

from bot.commands.command import Answer, Call, Command, Who
from bot.publish.answers import as_markdown
from bot.publish.configuration import given


def run(call: Call) -> Answer:
    return Answer(as_markdown("config", text=given(call.settings), base=call.pull_request.base_ref))


COMMAND = Command(
    word="config",
    usage="",
    description="Shows the configuration that is in force: what the base branch sets. What this pull request changes in "
    "it counts once it is merged.",
    who=Who.ANYBODY,
    examples=("/migration config",),
    run=run,
)
