"""CREATE TABLE and ALTER TABLE: what they lock, write and read, and what the schema is afterwards."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from checks.model import LockMode
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
from checks.sql.parse import unwrap
from checks.static import rows, types
from checks.static.constraints import add_constraint, drop_constraint, not_null_is_proven, validate_constraint
from checks.static.facts import Facts
from checks.static.known import Fact
from checks.static.locks import of_subcommand
from checks.static.moment import Moment
from checks.static.spelling import default_text
from checks.static.volatile import varies

_NOT_NULL_VIOLATION = "23502"
_REWRITING = ("SetLogged", "SetUnLogged", "SetTableSpace", "SetAccessMethod", "SetExpression")
_ROW_SECURITY = {
    "EnableRowSecurity": {"row_security": True},
    "DisableRowSecurity": {"row_security": False},
    "ForceRowSecurity": {"force_row_security": True},
    "NoForceRowSecurity": {"force_row_security": False},
}
_IDENTITIES = {"a": "always", "d": "by default"}


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


def _add_column(now: Moment, action: AddColumn) -> None:
    table = now.lock(action.relation, LockMode.ACCESS_EXCLUSIVE)
    if not action.new_table and now.is_live(table):
        _fill_column(now, table, action)
    if action.node is not None:
        _put_column(now, table, action)


def _fill_column(now: Moment, table: str, action: AddColumn) -> None:
    """What the new column costs on rows that are there (ALTER TABLE, Notes)."""
    facts = now.facts
    filled = action.has_default or action.serial or action.stored or action.virtual
    if filled:
        now.filled.add((table, action.column))
    if action.not_null and not filled:
        text = f'column "{action.column}" of relation "{rows.parts(table)[1]}" contains null values'
        facts.refuse(_NOT_NULL_VIOLATION, text)
    elif action.serial or action.stored or _is_constrained_domain(now, action):
        facts.rewrites.append(table)
    elif action.has_default:
        changes = varies(action.expression)
        if changes:
            facts.rewrites.append(table)
        elif changes is None:
            _perhaps(facts, "rewrites", table, f"the default of `{action.column}` is volatile")


def _is_constrained_domain(now: Moment, action: AddColumn) -> bool:
    """A domain that checks its values has them written, NULL too (``ATExecAddColumn``)."""
    full = now.known.resolve(action.type)
    row, _ = (now.known.get(f"type {full}") or {}).get(("domain", full), ({}, {}))
    return bool(row.get("constrained"))


def _put_column(now: Moment, table: str, action: AddColumn) -> None:
    place = _next_place(now, table)
    name = types.type_name(action.node.type_name)
    identity = (
        next(
            (
                _IDENTITIES.get(one.constraint.generated_when)
                for one in action.node.constraints
                if one.constraint.generated_when
            ),
            None,
        )
        if action.serial
        else None
    )
    default = default_text(action.expression) if action.has_default else None
    if action.serial and identity is None:
        default = f"nextval('{table}_{action.column}_seq'::regclass)"
    now.known.put(
        table,
        *rows.column(
            table,
            action.column,
            place,
            name,
            not_null=action.not_null,
            default=default,
            identity=identity,
            generated="stored" if action.stored else "virtual" if action.virtual else None,
        ),
    )


def _drop_column(now: Moment, action: DropColumn) -> None:
    table = now.lock(action.relation, LockMode.ACCESS_EXCLUSIVE)
    now.known.remove(table, ("column", f"{table}.{action.column}"))
    for key, (_, fact) in list(now.group(table).items()):
        if key[0] in ("index", "constraint") and action.column in fact["columns"]:
            now.known.remove(table, key)


def _change_type(now: Moment, action: ChangeType) -> None:
    table = now.lock(action.relation, LockMode.ACCESS_EXCLUSIVE)
    key = ("column", f"{table}.{action.column}")
    row, fact = now.group(table).get(key, (None, None))
    new = types.type_name(action.node.type_name)
    if now.is_live(table):
        old = str(row["type"]) if row else None
        _rewrite_for_type(now, table, action, old, new)
    if row is not None and fact is not None:
        now.known.put(table, key, {**row, "type": new}, fact)
    else:
        now.known.put(table, *rows.column(table, action.column, _next_place(now, table), new))


def _next_place(now: Moment, table: str) -> int:
    return sum(key[0] == "column" for key in now.group(table)) + 1


def _rewrite_for_type(now: Moment, table: str, action: ChangeType, old: str | None, new: str) -> None:
    writes = types.rewrites(old, new, now.settings.parameters)
    if action.using and not _is_plain_cast(action):
        writes = True
    if writes:
        now.facts.rewrites.append(table)
    elif writes is None and old is None:
        _perhaps(
            now.facts,
            "rewrites",
            table,
            f"the type of `{action.column}` does not hold the same bytes already",
        )
    elif writes is False and (old != new or action.node.HasField("coll_clause")):
        _look_again(now, table, action)
    elif writes is None:
        what = (
            f"{old} and {new} differ in their bytes"
            if "." in new or "time" not in new
            else "TimeZone is not UTC"
        )
        _perhaps(now.facts, "rewrites", table, what)


def _look_again(now: Moment, table: str, action: ChangeType) -> None:
    """What a change of the type costs that leaves the rows as they are: the checks of the column are verified
    anew, and an index is built anew when it does not sort as before (``ATPostAlterTypeParse``)."""
    other_order = action.node.HasField("coll_clause")
    for (kind, name), (row, fact) in now.group(table).items():
        if kind == "constraint" and row["kind"] == "check" and action.column in fact["columns"]:
            now.facts.scans.append(table)
        elif kind == "index" and action.column in fact["columns"] and (other_order or _is_special(fact)):
            now.facts.built.append(name)
            now.facts.scans.append(table)


def _is_special(index: Fact) -> bool:
    """Partial, or over an expression: ``CheckIndexCompatible`` takes none of these over."""
    return bool(index["predicate"]) or None in index["columns"]


def _is_plain_cast(action: ChangeType) -> bool:
    """``USING total::bigint``, which is what PostgreSQL does without USING."""
    expression: Any = unwrap(action.node.raw_default)
    if type(expression).__name__ == "TypeCast":
        expression = unwrap(expression.arg)
    fields: Any = getattr(expression, "fields", ())
    return type(expression).__name__ == "ColumnRef" and fields[-1].string.sval == action.column


def _set_not_null(now: Moment, action: SetNotNull) -> None:
    table = now.lock(action.relation, LockMode.ACCESS_EXCLUSIVE)
    key = ("column", f"{table}.{action.column}")
    row, fact = now.group(table).get(key, (None, None))
    if now.is_live(table) and not (row and row["not_null"]):
        proven = not_null_is_proven(now, table, action.column)
        if proven is None:
            what = f"no valid CHECK proves that `{action.column}` is never NULL"
            _perhaps(now.facts, "scans", table, what)
        elif not proven:
            now.facts.scans.append(table)
    if row is not None and fact is not None:
        now.known.put(table, key, {**row, "not_null": True}, fact)


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
    _change_column(now, table, action)


def _change_column(now: Moment, table: str, action: AlterTable) -> None:
    key = ("column", f"{table}.{action.name}")
    row, fact = now.group(table).get(key, (None, None))
    if row is None or fact is None:
        return
    change: Fact = {}
    if action.command == "DropNotNull":
        change = {"not_null": False}
    elif action.command == "ColumnDefault":
        change = {"default": default_text(action.node) if action.node.WhichOneof("node") else None}
    elif action.command == "AddIdentity":
        change = {"identity": _IDENTITIES.get(action.node.constraint.generated_when), "not_null": True}
    elif action.command == "DropIdentity":
        change = {"identity": None}
    now.known.put(table, key, {**row, **change}, fact)


def _perhaps(facts: Facts, what: str, table: str, provided: str) -> None:
    (facts.rewrites_perhaps if what == "rewrites" else facts.scans_perhaps).append(table)
    facts.provided = facts.provided or provided


_EFFECTS: Mapping[type[Action], Callable[[Moment, Any], None]] = {
    AddColumn: _add_column,
    AddConstraint: add_constraint,
    AlterTable: _other,
    AttachPartition: _attach,
    ChangeType: _change_type,
    DetachPartition: _detach,
    DropColumn: _drop_column,
    DropConstraint: drop_constraint,
    SetNotNull: _set_not_null,
    ValidateConstraint: validate_constraint,
}
