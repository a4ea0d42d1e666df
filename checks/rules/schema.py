"""Questions to a schema that several rules ask."""

from __future__ import annotations

from collections.abc import Iterator

from checks.catalog import Catalog, Column, Constraint


def column_of(catalog: Catalog, table: str, name: str) -> Column | None:
    return catalog.column(table, name)


def constraint_of(catalog: Catalog, table: str, name: str) -> Constraint | None:
    return next((constraint for constraint in catalog.constraints(table) if constraint.name == name), None)


def is_partitioned(catalog: Catalog, table: str) -> bool:
    return (catalog.properties("table", table) or {}).get("partition_key") is not None


def is_materialized_view(catalog: Catalog, name: str) -> bool:
    return catalog.properties("materialized view", name) is not None


def parts(catalog: Catalog, table: str) -> Iterator[str]:
    """A table, and whatever partitions it has at any depth."""
    yield table
    if is_partitioned(catalog, table):
        for partition in catalog.partitions(table):
            yield from parts(catalog, partition)
