"""A table goes out of sight first, which can be taken back, and then away, which cannot."""

from __future__ import annotations

from collections.abc import Iterator

from postgast import pg_query_pb2 as pg

from checks.plan.model import Deploy, Phase, Step
from checks.plan.pieces import named
from checks.plan.recipes import Stages
from checks.plan.statement import Part
from checks.rules.actions import DropTable
from checks.rules.wording import quoted, short

RULES = ("drop-table",)


def recipe(part: Part) -> Stages | None:
    drops = [action for action in part.actions if isinstance(action, DropTable)]
    if len(drops) != len(part.actions):
        return None
    return [item for action in drops for item in _stages(part, action)]


def _stages(part: Part, action: DropTable) -> Iterator[Step | Deploy]:
    relation = part.locate(action.relation)
    schema, _, bare = relation.rpartition(".")
    aside = named(bare, "to_be_dropped")
    away = quoted(short(f"{schema}.{aside}"))
    cascade = " CASCADE" if part.node.behavior == pg.DROP_CASCADE else ""
    yield Deploy(before=Phase.SWITCH, needs=f"Code that does without `{short(relation)}`.")
    yield part.step(
        Phase.SWITCH,
        f"Put `{short(relation)}` out of sight: what still uses it fails now, while it can be taken back.",
        f"ALTER TABLE {part.name(action.relation)} RENAME TO {quoted(aside)}",
        undo=(f"ALTER TABLE {away} RENAME TO {quoted(bare)}",),
    )
    yield Deploy(
        before=Phase.CONTRACT,
        needs=f"Nothing that asks for `{short(relation)}`: wait as long as your slowest job needs to come round.",
    )
    yield part.step(
        Phase.CONTRACT,
        f"Drop what was `{short(relation)}`.",
        f"DROP TABLE {away}{cascade}",
        no_undo="The rows are gone. Keep a dump first if anybody may want them back.",
    )
