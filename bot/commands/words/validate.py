"""Run the migrations of the pull request anew."""

from __future__ import annotations

from bot.commands.command import Answer, Call, Command, Who


def run(call: Call) -> Answer:
    call.reviews.start()
    return Answer()


COMMAND = Command(
    word="validate",
    usage="",
    description="Runs the migrations of the newest commit again, also when they have been run before or the pull request is "
    "paused. On a branch of a fork this is how somebody with write access lets them run.",
    who=Who.RUNNERS,
    examples=("/migration validate",),
    run=run,
)
