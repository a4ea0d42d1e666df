"""Partitions that a statement goes through, as the tables that people know: together where it goes through all of them."""

from __future__ import annotations

from collections.abc import Iterator

from checks.catalog import Catalog
from checks.production.statistics import Statistics
from checks.production.weight import Load


def with_whole_tables(load: Load, schema: Catalog, statistics: Statistics) -> Load:
    """``schema`` is the sandbox's; production may have partitions that no migration has made, and they count.

    A table of which the statement leaves out partitions is only those that it goes through.
    """
    names = frozenset(load.works_on)
    if not any(_is_divided(schema, name) or _parent(schema, name) for name in names):
        return load
    found = sorted(set(_wholes(schema, names)))
    return load._replace(works_on={name: statistics.size(name) for name in found})


def _wholes(schema: Catalog, names: frozenset[str]) -> Iterator[str]:
    for name in names:
        if not _is_divided(schema, name):
            yield _topmost(schema, name, names)


def _topmost(schema: Catalog, name: str, names: frozenset[str]) -> str:
    """The table above a partition that has no other ones than those with these names."""
    while (parent := _parent(schema, name)) and names >= frozenset(_leaves(schema, parent)):
        name = parent
    return name


def _leaves(schema: Catalog, table: str) -> Iterator[str]:
    if not _is_divided(schema, table):
        yield table
    for partition in schema.partitions(table):
        yield from _leaves(schema, partition)


def _parent(schema: Catalog, table: str) -> str:
    return str((schema.properties("table", table) or {}).get("partition_of") or "")


def _is_divided(schema: Catalog, table: str) -> bool:
    return bool((schema.properties("table", table) or {}).get("partition_key"))
