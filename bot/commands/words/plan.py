"""The rollout without downtime, as a list of tasks."""

from __future__ import annotations

from bot.commands.command import Answer, Call, Command, Who
from bot.publish.answers import as_markdown
from bot.publish.rollout import rollout
from checks.plan import plan


def run(call: Call) -> Answer:
    return Answer(as_markdown("plan", **rollout(plan(call.reviewed().report))))


COMMAND = Command(
    word="plan",
    usage="",
    description="Answers with the rollout without downtime as a task list: expand, backfill, switch, contract, with the "
    "deploys between them, queries that check each step, and the way back from it.",
    who=Who.ANYBODY,
    examples=("/migration plan",),
    run=run,
)
