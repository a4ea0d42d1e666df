"""An index is dropped while readers and writers go on."""

from __future__ import annotations

from postgast import pg_query_pb2 as pg

from checks.plan.model import Phase
from checks.plan.recipes import Stages
from checks.plan.statement import Part
from checks.rules.actions import CreateIndex, DropIndex
from checks.rules.spelling import index_online
from checks.rules.syntax import actions_of
from checks.rules.wording import short
from checks.sql.parse import parse

RULES = ("index-drop-without-concurrently",)


def recipe(part: Part) -> Stages | None:
    drops = [action for action in part.actions if isinstance(action, DropIndex)]
    gone = [part.gone("index", part.locate(drop.relation)) for drop in drops]
    if not drops or not all(gone):  # an index of a constraint, or one that was not there
        return None
    return [
        part.step(
            Phase.CONTRACT,
            f"Drop `{short(difference.name)}` while readers and writers go on.",
            f"DROP INDEX CONCURRENTLY {part.name(drop.relation)}",
            undo=_again(difference.before or ""),
        )
        for drop, difference in zip(drops, gone, strict=True)
        if difference is not None
    ]


def _again(definition: str) -> tuple[str, ...]:
    """As people write it: the server's own definition always names the schema."""
    created = actions_of(parse(definition))
    if not created or not isinstance(created[0], CreateIndex):
        return ()
    node = pg.IndexStmt()
    node.CopyFrom(created[0].node)
    if node.relation.schemaname == "public":
        node.relation.schemaname = ""
    return (index_online(node),)
