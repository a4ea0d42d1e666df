"""Commands that look after tables and indexes: REINDEX, VACUUM, CLUSTER, REFRESH, and what looks through a table."""

from __future__ import annotations

from typing import Any

from checks.model.observations import LockMode
from checks.rules.actions import (
    Refresh,
    Reindex,
)
from checks.rules.objects import AlterDomain, Compact, LockTable
from checks.rules.syntax_objects import range_name
from checks.static import rows
from checks.static.facts import THE_TABLES
from checks.static.moment import Moment


def reindex(now: Moment, action: Reindex) -> None:
    mode = LockMode.SHARE_UPDATE_EXCLUSIVE if action.concurrently else LockMode.SHARE
    if action.kind == "index":
        table = now.lock_table_of_index(action.relation, mode)
    elif action.kind == "table":
        table = now.lock(action.relation, mode)
    else:
        table = now.relation(THE_TABLES)
        now.facts.lock(table, mode)
    now.facts.scans.append(table)


def compact(now: Moment, action: Compact) -> None:
    table = now.lock(action.relation or THE_TABLES, LockMode.ACCESS_EXCLUSIVE)
    if now.is_live(table):
        now.facts.rewrites.append(table)


def refresh(now: Moment, action: Refresh) -> None:
    mode = LockMode.EXCLUSIVE if action.concurrently else LockMode.ACCESS_EXCLUSIVE
    view = now.lock(action.relation, mode, "materialized view")
    if now.is_live(view):
        (now.facts.scans if action.concurrently else now.facts.rewrites).append(view)


def alter_domain_rows(now: Moment, stmt: Any) -> None:
    for action in now.actions:
        if isinstance(action, AlterDomain):
            _alter_domain(now, action, stmt)


def _alter_domain(now: Moment, action: AlterDomain, stmt: Any) -> None:
    """It looks through every table that has a column of the domain (``validateDomainConstraint``)."""
    if stmt.subtype == "C" and getattr(stmt, "def").constraint.skip_validation:
        return
    full = now.known.resolve(action.relation)
    mode = LockMode.SHARE_UPDATE_EXCLUSIVE if stmt.subtype == "V" else LockMode.SHARE
    is_known = now.known.get(f"type {full}") is not None
    tables_of_it = _tables_with(now, full) if is_known else [now.relation(THE_TABLES)]
    for table in tables_of_it:
        now.facts.lock(table, mode)
        now.facts.scans.append(table)


def _tables_with(now: Moment, type_name: str) -> list[str]:
    names = {type_name, rows.parts(type_name)[1]}
    return [
        name
        for name in list(now.known.names())
        for (kind, _), (row, _) in now.group(name).items()
        if kind == "column" and row["type"] in names
    ]


def lock_table(now: Moment, action: LockTable) -> None:
    now.lock(action.relation, action.mode)
    if not now.in_transaction:
        now.facts.refuse("25P01", "LOCK TABLE can only be used in transaction blocks")


def truncate(now: Moment, stmt: Any) -> None:
    for item in stmt.relations:
        now.lock(range_name(item.range_var), LockMode.ACCESS_EXCLUSIVE)
