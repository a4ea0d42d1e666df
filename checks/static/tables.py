"""CREATE TABLE and ALTER TABLE, subcommand by subcommand: what they lock and write."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from checks.model.observations import LockMode
from checks.rules.actions import (
    Action,
    AddColumn,
    AddConstraint,
    AlterTable,
    AttachPartition,
    ChangeType,
    DetachPartition,
    DropColumn,
    DropConstraint,
    SetNotNull,
    ValidateConstraint,
)
from checks.rules.syntax_objects import range_name
from checks.static import rows
from checks.static.column_types import change_type
from checks.static.columns import add_column, change_column, drop_column, set_not_null
from checks.static.constraints import add_constraint, drop_constraint, validate_constraint
from checks.static.locks import of_subcommand
from checks.static.moment import Moment

_REWRITING = ("SetLogged", "SetUnLogged", "SetTableSpace", "SetAccessMethod", "SetExpression")


_ROW_SECURITY = {
    "EnableRowSecurity": {"row_security": True},
    "DisableRowSecurity": {"row_security": False},
    "ForceRowSecurity": {"force_row_security": True},
    "NoForceRowSecurity": {"force_row_security": False},
}


def create_table(now: Moment, stmt: Any, actions: tuple[Action, ...]) -> None:
    name = now.known.resolve(range_name(stmt.relation))
    if stmt.if_not_exists and now.known.get(name) is not None:
        return
    partition_of = inherits = None
    for parent in (item.range_var for item in stmt.inh_relations):
        is_partition = stmt.HasField("partbound")
        mode = LockMode.ACCESS_EXCLUSIVE if is_partition else LockMode.SHARE_UPDATE_EXCLUSIVE
        full = now.lock(range_name(parent), mode)
        partition_of, inherits = (full, None) if is_partition else (None, full)
    key = "partitioned" if stmt.HasField("partspec") else None
    group = rows.relation("table", name, partition_key=key, partition_of=partition_of, inherits=inherits)
    now.make(name, group)
    for item in stmt.table_elts:
        if item.HasField("table_like_clause"):
            like = now.lock(range_name(item.table_like_clause.relation), LockMode.ACCESS_SHARE)
            # Its columns and indexes are those of a table that no file may tell of.
            now.make(name, rows.relation("table", name, partition_key=key, inherits=like))
    now.facts.lock(name, LockMode.ACCESS_EXCLUSIVE)
    for action in actions:
        alter(now, action)


def alter(now: Moment, action: Action) -> None:
    """One subcommand of ALTER TABLE, or an element of CREATE TABLE."""
    effect = _EFFECTS.get(type(action))
    if effect is not None:
        effect(now, action)


def _attach(now: Moment, action: AttachPartition) -> None:
    now.lock(action.relation, LockMode.SHARE_UPDATE_EXCLUSIVE)
    partition = now.lock(action.partition, LockMode.ACCESS_EXCLUSIVE)
    if not now.is_live(partition):
        return
    checks = [
        row
        for (kind, _), (row, _) in now.group(partition).items()
        if kind == "constraint" and row["kind"] == "check"
    ]
    if any(row["valid"] for row in checks):
        now.wait_open(f"the CHECK of `{action.partition}` implies the bounds of the partition")
    else:
        now.facts.scans.append(partition)


def _detach(now: Moment, action: DetachPartition) -> None:
    mode = LockMode.SHARE_UPDATE_EXCLUSIVE if action.concurrently else LockMode.ACCESS_EXCLUSIVE
    for name in (action.relation, action.partition):
        now.lock(name, mode)


def _other(now: Moment, action: AlterTable) -> None:
    table = now.lock(action.relation, of_subcommand(action.command, action.node))
    if action.command in _REWRITING and now.is_live(table):
        now.facts.rewrites.append(table)
    changed = _ROW_SECURITY.get(action.command)
    key = ("table", table)
    if changed and key in now.group(table):
        row, fact = now.group(table)[key]
        if now.is_live(table):
            # Nobody switches off what is off: where no file tells, it was the other way round.
            row = {**row, **{name: not value for name, value in changed.items()}}
            now.known.recall(table, key, row, fact)
        now.known.put(table, key, {**row, **changed}, fact)
    change_column(now, table, action)


_EFFECTS: Mapping[type[Action], Callable[[Moment, Any], None]] = {
    AddColumn: add_column,
    AddConstraint: add_constraint,
    AlterTable: _other,
    AttachPartition: _attach,
    ChangeType: change_type,
    DetachPartition: _detach,
    DropColumn: drop_column,
    DropConstraint: drop_constraint,
    SetNotNull: set_not_null,
    ValidateConstraint: validate_constraint,
}
