"""What each kind of statement locks, reads and writes, and what the schema is afterwards: who tells it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from google.protobuf.message import Message
from postgast import pg_query_pb2 as pg

from checks.model.observations import LockMode
from checks.rules.actions import (
    Action,
    CreateIndex,
    DropIndex,
    DropSchema,
    DropTable,
    Refresh,
    Reindex,
    RenameColumn,
    RenameTable,
)
from checks.rules.objects import Compact, CreateTrigger, DropObject, LockTable, RenameObject
from checks.rules.statements import body_of
from checks.rules.syntax import actions_of
from checks.rules.syntax_objects import range_name
from checks.sql.parse import name_parts
from checks.static import tables
from checks.static.drops import (
    drop_index,
    drop_object,
    drop_of_table,
    drop_schema,
    drop_table,
    rename_column,
    rename_object,
    rename_table,
)
from checks.static.functions import run_body, run_called
from checks.static.indexes import create_index
from checks.static.making import (
    alter_enum,
    alter_sequence,
    change_owner,
    comment,
    create_domain,
    create_function,
    create_policy,
    create_rule,
    create_schema,
    create_sequence,
    create_table_as,
    create_trigger,
    create_view,
    grant,
    make_other,
    statistics,
)
from checks.static.moment import Moment
from checks.static.queries import change_rows, copy_rows, read_relations, search_path
from checks.static.upkeep import alter_domain_rows, compact, lock_table, refresh, reindex, truncate


def apply(now: Moment, node: Message) -> None:
    """Write into ``now`` what one parsed statement does."""
    outer, now.actions = now.actions, actions_of(node)
    now.asked += now.actions
    effect = _EFFECTS.get(type(node).__name__)
    if effect is not None:
        effect(now, node)
    now.actions = outer


def by_action(now: Moment, node: Any) -> None:
    for action in now.actions:
        apply_action(now, action)


def apply_action(now: Moment, action: Action) -> None:
    effect = _ACTIONS.get(type(action))
    if effect is not None:
        effect(now, action)
    else:
        tables.alter(now, action)


def _select(now: Moment, stmt: Any) -> None:
    read_relations(now, stmt, LockMode.ROW_SHARE if stmt.locking_clause else LockMode.ACCESS_SHARE)
    run_called(now, stmt, apply)


def _call(now: Moment, stmt: Any) -> None:
    read_relations(now, stmt)
    run_called(now, stmt, apply)


def _do_block(now: Moment, stmt: Any) -> None:
    run_body(now, body_of(stmt, "args"), apply)


def _vacuum(now: Moment, stmt: Any) -> None:
    by_action(now, stmt)
    for item in stmt.rels:
        now.lock(range_name(item.vacuum_relation.relation), LockMode.SHARE_UPDATE_EXCLUSIVE)


def _drop(now: Moment, stmt: Any) -> None:
    missing_ok = bool(stmt.missing_ok)
    for action in now.actions:
        full = now.known.resolve(action.relation)
        if missing_ok and full in now.to_come and now.known.get(full) is None:
            continue
        apply_action(now, action)
    if stmt.behavior == pg.DROP_CASCADE:
        now.wait_open("CASCADE takes more than the statement names")
    if stmt.remove_type in (pg.OBJECT_POLICY, pg.OBJECT_TRIGGER, pg.OBJECT_RULE):
        drop_of_table(now, stmt)


def _alter_index_or_table(now: Moment, stmt: Any) -> None:
    if stmt.objtype == pg.OBJECT_INDEX:
        now.lock_table_of_index(range_name(stmt.relation), LockMode.ACCESS_SHARE)
    else:
        by_action(now, stmt)


def _create_table(now: Moment, stmt: Any) -> None:
    tables.create_table(now, stmt, now.actions)


_ACTIONS: Mapping[type[Action], Callable[[Moment, Any], None]] = {
    Compact: compact,
    CreateIndex: create_index,
    CreateTrigger: create_trigger,
    DropIndex: drop_index,
    DropObject: drop_object,
    DropSchema: drop_schema,
    DropTable: drop_table,
    LockTable: lock_table,
    Refresh: refresh,
    Reindex: reindex,
    RenameColumn: rename_column,
    RenameObject: rename_object,
    RenameTable: rename_table,
}


_EFFECTS: Mapping[str, Callable[[Moment, Any], None]] = {
    "AlterDomainStmt": alter_domain_rows,
    "AlterEnumStmt": alter_enum,
    "AlterObjectSchemaStmt": by_action,
    "AlterOwnerStmt": change_owner,
    "AlterSeqStmt": alter_sequence,
    "AlterTableStmt": _alter_index_or_table,
    "CallStmt": _call,
    "ClusterStmt": by_action,
    "CommentStmt": comment,
    "CompositeTypeStmt": make_other("composite type", lambda stmt: [range_name(stmt.typevar)]),
    "CopyStmt": copy_rows,
    "CreateDomainStmt": create_domain,
    "CreateEnumStmt": make_other("enum", lambda stmt: name_parts(stmt.type_name)),
    "CreateFunctionStmt": create_function,
    "CreatePolicyStmt": create_policy,
    "CreateRangeStmt": make_other("range", lambda stmt: name_parts(stmt.type_name)),
    "CreateSchemaStmt": create_schema,
    "CreateSeqStmt": create_sequence,
    "CreateStatsStmt": statistics,
    "CreateStmt": _create_table,
    "CreateTableAsStmt": create_table_as,
    "CreateTrigStmt": by_action,
    "DeleteStmt": change_rows,
    "DoStmt": _do_block,
    "DropStmt": _drop,
    "GrantStmt": grant,
    "IndexStmt": by_action,
    "InsertStmt": change_rows,
    "LockStmt": by_action,
    "MergeStmt": change_rows,
    "RefreshMatViewStmt": by_action,
    "ReindexStmt": by_action,
    "RenameStmt": by_action,
    "RuleStmt": create_rule,
    "SelectStmt": _select,
    "TruncateStmt": truncate,
    "UpdateStmt": change_rows,
    "VacuumStmt": _vacuum,
    "VariableSetStmt": search_path,
    "ViewStmt": create_view,
}
