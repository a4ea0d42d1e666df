"""Rows are changed in batches, each in a transaction of its own."""

from __future__ import annotations

from collections.abc import Sequence

from checks.plan.model import Phase, Section
from checks.plan.pieces import (
    can_be_batched,
    condition,
    in_batches,
    is_repeatable,
    set_pairs,
    sets_from_itself,
)
from checks.plan.recipes import Stages
from checks.plan.statement import Part
from checks.rules.actions import ChangeRows
from checks.rules.wording import quoted, short

RULES = ("unbatched-dml", "backfill-with-ddl", "delete-rows")


def recipe(part: Part) -> Stages | None:
    action = part.the(ChangeRows)
    node = part.node
    if action is None or type(node).__name__ not in ("UpdateStmt", "DeleteStmt"):
        return None  # a query with the change in its WITH
    if not can_be_batched(part.sql) or node.relation.HasField("alias"):
        return None
    if action.verb == "DELETE":
        return _delete(part, action)
    return _update(part, action) if action.verb == "UPDATE" else None


def _update(part: Part, action: ChangeRows) -> Stages | None:
    pairs = set_pairs(part.node)
    where = None if pairs is None else _unchanged(part, action, pairs)
    if pairs is None or where is None:
        return None
    sets = ", ".join(f"{quoted(name)} = {value}" for name, value in pairs)
    table = part.name(action.relation)
    return [
        part.step(
            Phase.BACKFILL,
            f"Change the rows of `{short(part.locate(action.relation))}` in batches.",
            in_batches(f"UPDATE {table} SET {sets}", table, where),
            section=Section.DATA,
            check=_left(table, where),
            no_undo="The values before are not kept. Keep a copy of the columns first if anybody may want them back.",
        )
    ]


def _unchanged(part: Part, action: ChangeRows, pairs: Sequence[tuple[str, str]]) -> str | None:
    """The rows that are still to be changed; None when they cannot be told from those that were: it would never end."""
    where = condition(part.node)
    if any(value == "DEFAULT" for _, value in pairs) or sets_from_itself(part.node):
        return None
    if action.empty and len(pairs) == 1:
        return f"{where} AND ({pairs[0][1]}) IS NOT NULL"
    if not is_repeatable(part.node):
        return None
    undone = " OR ".join(f"{quoted(name)} IS DISTINCT FROM ({value})" for name, value in pairs)
    return f"({where}) AND ({undone})" if where else undone


def _delete(part: Part, action: ChangeRows) -> Stages | None:
    node = part.node
    if len(node.using_clause) or node.HasField("returning_clause") or node.HasField("with_clause"):
        return None
    table, where = part.name(action.relation), condition(node) or "true"
    return [
        part.step(
            Phase.BACKFILL,
            f"Delete the rows of `{short(part.locate(action.relation))}` in batches.",
            in_batches(f"DELETE FROM {table}", table, where),
            section=Section.DATA,
            check=_left(table, where),
            no_undo="The rows are gone. Keep a copy first if anybody may want them back.",
        )
    ]


def _left(table: str, where: str) -> str:
    return f"SELECT count(*) FROM {table} WHERE {where} HAVING count(*) > 0"
