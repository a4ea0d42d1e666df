"""Schemas, tables, views and partitions that are missing."""

from __future__ import annotations

from typing import Any

from checks.assume import types
from checks.assume.miss import INDEX_KINDS, Miss, find
from checks.assume.objects import index
from checks.assume.schema import KEY, Schema
from checks.sql.parse import relation_name


def schema_of(schema: Schema, miss: Miss) -> bool:
    if (found := miss.says(r'schema "(.+)" does not exist')) is None or found[1] in schema.schemas:
        return False
    schema.schemas.append(found[1])
    return True


def relation(schema: Schema, miss: Miss) -> bool:
    found = miss.says(r'(relation|table|view|materialized view|sequence) "(.+)" does not exist')
    if found is None:
        return False
    kind, name = found[1], miss.named(found[2])
    if kind == "sequence" or miss.kind == "ALTER SEQUENCE":
        schema.sequences.append(name)
    elif kind.endswith("view") or miss.kind in (
        "ALTER VIEW",
        "REFRESH MATERIALIZED VIEW",
        "ALTER MATERIALIZED VIEW",
    ):
        schema.views[name] = (
            "MATERIALIZED VIEW" if "MATERIALIZED" in (kind.upper(), *miss.kind.split()) else "VIEW"
        )
    elif miss.kind in INDEX_KINDS and "TABLE" not in miss.sql.upper().split():
        return index(schema, name.partition(".")[2])
    else:
        return table(schema, name, miss)
    return True


def table(schema: Schema, name: str, miss: Miss) -> bool:
    """A table with what the statement shows of it at once; the rest is missed one after the other."""
    new = name not in schema.tables
    table = schema.table(name)
    if miss.kind == "CREATE TABLE" and miss.node is not None and miss.node.HasField("partbound"):
        table.partitioned_by, column = _partition_key(miss.node.partbound)
        table.columns[column] = types.by_name(column)
    return new


def _partition_key(bound: Any) -> tuple[str, str]:
    strategy = {"r": "RANGE", "l": "LIST", "h": "HASH"}.get(bound.strategy, "RANGE")
    is_time = strategy == "RANGE" and any(
        not one.sval.sval.isdigit() for one in find(bound, "A_Const") if one.HasField("sval")
    )
    column = "created_at" if is_time else KEY
    return f"{strategy} ({column})", column


def partition(schema: Schema, miss: Miss) -> bool:
    """ATTACH and DETACH want a parent that is partitioned, and a child of its form."""
    for command in find(miss.node, "PartitionCmd"):
        parent, child = schema.tables.get(relation_name(miss.node.relation)), relation_name(command.name)
        if parent is None or parent.partitioned_by:
            return False
        parent.partitioned_by, column = _partition_key(command.bound)
        parent.columns[column] = types.by_name(column)
        part = schema.table(child)
        parent.has_key = part.has_key = False
        part.columns = parent.columns
        part.partition_of = parent.name if miss.kind == "ALTER TABLE" and "DETACH" in miss.sql.upper() else ""
        return True
    return False
