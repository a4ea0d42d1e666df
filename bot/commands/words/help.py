"""What can be asked."""

from __future__ import annotations

from bot.commands.command import Answer, Call, Command, Refused, Who
from bot.commands.registry import all_commands, nearest
from bot.publish.answers import as_markdown
from bot.publish.escape import markdown_code

NO_COMMAND = "There is no command {word}.{meant}"


def run(call: Call) -> Answer:
    if not call.arguments:
        return Answer(as_markdown("help", commands=list(all_commands().values())))
    word = call.arguments.lower()
    if word not in all_commands():
        meant = nearest(word)
        raise Refused(
            NO_COMMAND.format(word=markdown_code(word), meant=f" Did you mean `{meant}`?" if meant else "")
        )
    return Answer(as_markdown("help", commands=[all_commands()[word]]))


COMMAND = Command(
    word="help",
    usage="[command]",
    description="Lists the commands, or explains one.",
    who=Who.ANYBODY,
    examples=("/migration help", "/migration help approve"),
    run=run,
)
