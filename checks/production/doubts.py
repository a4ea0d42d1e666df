"""What the rows of the sandbox cannot tell about the time that a statement takes on production's."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from checks.model.observations import LockMode, Observation
from checks.production.growth import Doubt
from checks.production.weight import Load
from checks.rules.actions import AddConstraint, CreateIndex
from checks.rules.statements import actions_in
from checks.sql.parse import find, parse

_WRITING = frozenset({"INSERT", "UPDATE", "MERGE"})


def doubts_of(seen: Observation, load: Load) -> frozenset[Doubt]:
    return frozenset(_doubts(seen, load))


def _doubts(seen: Observation, load: Load) -> Iterator[Doubt]:
    if _has_uneven_index(seen):
        yield Doubt.VALUES
        yield Doubt.PLACES
    if seen.kind == "CLUSTER" or _joins(seen, load) or _fills_indexes(seen):
        yield Doubt.PLACES
    if seen.kind == "REFRESH MATERIALIZED VIEW" or _groups(seen):
        yield Doubt.GROUPS


def _has_uneven_index(seen: Observation) -> bool:
    return any(
        action.node is not None and action.node.access_method in ("hash", "gin", "gist", "spgist")
        for action in actions_in(seen)
        if isinstance(action, CreateIndex)
    )


def _joins(seen: Observation, load: Load) -> bool:
    """On empty tables, where what fails on rows is seen, a foreign key's parent is not read."""
    return len(load.works_on) > 1 or any(
        isinstance(action, AddConstraint) and action.kind == "foreign key" for action in actions_in(seen)
    )


def _fills_indexes(seen: Observation) -> bool:
    """Each row that is written has a place of its own in each of them."""
    return seen.kind in _WRITING and any(
        lock.relation_kind == "index" and lock.mode is LockMode.ROW_EXCLUSIVE for lock in seen.locks
    )


def _groups(seen: Observation) -> bool:
    node = parse(seen.sql)
    queries: Iterator[Any] = find(node, "SelectStmt") if node else iter(())
    return any(query.group_clause or query.distinct_clause for query in queries)
