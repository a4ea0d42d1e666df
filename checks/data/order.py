"""Which tables must be filled, and in which order: parents before children."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Set
from dataclasses import dataclass

from checks.data.facts import ForeignKey, Schema, Table

Parents = dict[int, list[tuple[ForeignKey, frozenset[int]]]]
"""Table → its foreign keys to other tables, each with the tables that hold the parent's rows."""


@dataclass(frozen=True)
class Turn:
    """One table's turn."""

    table: Table
    later: frozenset[ForeignKey]
    """Nullable foreign keys whose parent has its turn after this one: NULL now, a second batch afterwards."""
    ahead: frozenset[ForeignKey]
    """NOT NULL foreign keys whose parent has its turn after this one: a cycle. Their values are foretold."""


def needed(schema: Schema, wanted: Iterable[Table]) -> list[Table]:
    """The wanted tables, their parents, and what those parents cannot do without."""
    found = {leaf.oid for table in wanted for leaf in schema.leaves(table)}
    queue = [key.parent for oid in found for key in schema.foreign_keys(schema.tables[oid])]
    while queue:
        for parent in schema.leaves(schema.tables[queue.pop()]):
            if parent.oid not in found:
                found.add(parent.oid)
                queue += [key.parent for key in schema.foreign_keys(parent) if key.required]
    return [table for table in schema.tables.values() if table.oid in found]


def order(schema: Schema, tables: Collection[Table]) -> list[Turn]:
    """Parents first; a cycle is cut where a foreign key may be NULL, or else where its parent's keys are foretold."""
    parents = {table.oid: _parents(schema, table) for table in tables}
    waiting = dict.fromkeys(table.oid for table in tables)
    turns = []
    while waiting:
        for oid in _next(parents, waiting):
            del waiting[oid]
            still_open = [key for key, leaves in parents[oid] if not leaves.isdisjoint(waiting)]
            turns.append(
                Turn(
                    schema.tables[oid],
                    later=frozenset(key for key in still_open if not key.required),
                    ahead=frozenset(key for key in still_open if key.required),
                )
            )
    return turns


def _parents(schema: Schema, table: Table) -> list[tuple[ForeignKey, frozenset[int]]]:
    keys = [
        (key, frozenset(leaf.oid for leaf in schema.leaves(schema.tables[key.parent])))
        for key in schema.foreign_keys(table)
    ]
    return [(key, leaves) for key, leaves in keys if table.oid not in leaves]


def _next(parents: Parents, waiting: dict[int, None]) -> list[int]:
    """All tables that wait for nothing; else one that waits for nothing it cannot do without; else one of a cycle."""
    free = [oid for oid in waiting if all(leaves.isdisjoint(waiting) for _, leaves in parents[oid])]
    if free:
        return free
    for oid in waiting:
        if all(leaves.isdisjoint(waiting) for key, leaves in parents[oid] if key.required):
            return [oid]
    return [_on_a_cycle(parents, waiting.keys())]


def _on_a_cycle(parents: Parents, waiting: Set[int]) -> int:
    oid = next(iter(waiting))
    seen: set[int] = set()
    while oid not in seen:
        seen.add(oid)
        oid = next(
            iter(next(leaves & waiting for key, leaves in parents[oid] if key.required and leaves & waiting))
        )
    return oid
