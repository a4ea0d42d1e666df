"""Go on after a pause."""

from __future__ import annotations

from bot.commands.command import Answer, Call, Command, Who


def run(call: Call) -> Answer:
    call.records.pause(False)
    call.record("resume")
    call.reviews.start()
    return Answer()


COMMAND = Command(
    word="resume",
    usage="",
    description="Ends a pause and reviews the newest commit.",
    who=Who.RUNNERS,
    examples=("/migration resume",),
    run=run,
    kept=True,
)
