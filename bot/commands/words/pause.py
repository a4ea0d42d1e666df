"""Let pushes be until somebody asks."""

from __future__ import annotations

from bot.commands.command import Answer, Call, Command, Who


def run(call: Call) -> Answer:
    call.records.pause(True)
    call.record("pause")
    call.reviews.republish()
    return Answer()


COMMAND = Command(
    word="pause",
    usage="",
    description="Pushes to this pull request start no review any more: the check of each new commit waits for `/migration resume`.",
    who=Who.RUNNERS,
    examples=("/migration pause",),
    run=run,
    kept=True,
)
