"""A safer script for a finding, where one has been proven."""

from __future__ import annotations

from bot.commands.command import Answer, Call, Command, Who
from bot.commands.items import findings_named
from bot.publish.answers import as_markdown
from bot.publish.fixes import fixes


def run(call: Call) -> Answer:
    report = call.reviewed().report
    found = findings_named(report, call.arguments) if call.arguments else list(report.findings)
    return Answer(as_markdown("fix", fixes=fixes(found)))


COMMAND = Command(
    word="fix",
    usage="[finding]",
    description="Shows the safer script for a finding, or for all of them, where one has been run and gave the same "
    "schema; says so where there is none.",
    who=Who.ANYBODY,
    examples=("/migration fix", "/migration fix index-without-concurrently"),
    run=run,
)
