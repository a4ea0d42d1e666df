"""Phase zero: the state of the schema and of the history on the base branch."""

from __future__ import annotations

from bot.commands.command import Answer, Call, Command, Who
from bot.publish.answers import as_markdown
from checks.audit import audit


def run(call: Call) -> Answer:
    tree, settings = call.reviews.base()
    return Answer(as_markdown("audit", audit=audit(tree, settings)))


COMMAND = Command(
    word="audit",
    usage="",
    description="Looks at the state before any change, on the base branch: indexes that are invalid or superfluous, "
    "constraints never validated, foreign keys without an index, tables without a primary key, keys that will run out, "
    "migrations without a way back, gaps and duplicates.",
    who=Who.RUNNERS,
    examples=("/migration audit",),
    run=run,
)
