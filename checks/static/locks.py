"""Which table-level lock a command takes (PostgreSQL docs, 13.3.1 and ALTER TABLE; ``AlterTableGetLockLevel`` of
``src/backend/commands/tablecmds.c``, PostgreSQL 13 to 18)."""

from __future__ import annotations

from typing import Any

from checks.model.observations import LockMode

_SHARE_UPDATE_EXCLUSIVE = frozenset(
    ["SetStatistics", "SetOptions", "ResetOptions", "ClusterOn", "DropCluster", "DetachPartitionFinalize"]
)
_SHARE_ROW_EXCLUSIVE = frozenset(
    {"EnableTrig", "EnableAlwaysTrig", "EnableReplicaTrig", "EnableTrigAll", "EnableTrigUser"}
    | {"DisableTrig", "DisableTrigAll", "DisableTrigUser"}
)
_STRONG_OPTIONS = frozenset(["user_catalog_table", "security_barrier", "check_option", "security_invoker"])
"""Storage parameters whose change needs an ACCESS EXCLUSIVE lock (``reloptions.c``); all others a weaker one."""


def of_subcommand(command: str, node: Any) -> LockMode:
    """``command`` as PostgreSQL's parser calls it, without ``AT_``; ``node`` is its definition."""
    if command in _SHARE_UPDATE_EXCLUSIVE:
        return LockMode.SHARE_UPDATE_EXCLUSIVE
    if command in _SHARE_ROW_EXCLUSIVE:
        return LockMode.SHARE_ROW_EXCLUSIVE
    if command in ("SetRelOptions", "ResetRelOptions"):
        names = {item.def_elem.defname for item in node.list.items}
        return LockMode.ACCESS_EXCLUSIVE if names & _STRONG_OPTIONS else LockMode.SHARE_UPDATE_EXCLUSIVE
    return LockMode.ACCESS_EXCLUSIVE


def of_select(clauses: Any) -> LockMode:
    """``clauses`` is ``SelectStmt.locking_clause``."""
    return LockMode.ROW_SHARE if clauses else LockMode.ACCESS_SHARE
