"""The configuration that is in force."""

from __future__ import annotations

import yaml

from bot.commands.command import Answer, Call, Command, Who
from bot.publish.answers import as_markdown


def run(call: Call) -> Answer:
    """Without ``server_url``, which may hold a password."""
    given = call.settings.model_dump(mode="json", exclude_defaults=True, exclude={"server_url"})
    text = yaml.safe_dump(given, sort_keys=False, allow_unicode=True) if given else ""
    return Answer(as_markdown("config", text=text, base=call.pull_request.base_ref))


COMMAND = Command(
    word="config",
    usage="",
    description="Shows the configuration that is in force: what the base branch sets. What this pull request changes in "
    "it counts once it is merged.",
    who=Who.ANYBODY,
    examples=("/migration config",),
    run=run,
)
