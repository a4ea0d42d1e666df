"""Columns: what adding, changing and dropping them writes and reads, and what they are afterwards."""

from __future__ import annotations

from checks.model.observations import LockMode
from checks.rules.actions import (
    AddColumn,
    AlterTable,
    DropColumn,
    SetNotNull,
)
from checks.static import rows, types
from checks.static.facts import Facts
from checks.static.known import Fact
from checks.static.moment import Moment
from checks.static.not_null import not_null_is_proven
from checks.static.spelling import default_text
from checks.static.volatile import varies

_NOT_NULL_VIOLATION = "23502"


_IDENTITIES = {"a": "always", "d": "by default"}


def add_column(now: Moment, action: AddColumn) -> None:
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
            perhaps(facts, "rewrites", table, f"the default of `{action.column}` is volatile")


def _is_constrained_domain(now: Moment, action: AddColumn) -> bool:
    """A domain that checks its values has them written, NULL too (``ATExecAddColumn``)."""
    full = now.known.resolve(action.type)
    row, _ = (now.known.get(f"type {full}") or {}).get(("domain", full), ({}, {}))
    return bool(row.get("constrained"))


def _put_column(now: Moment, table: str, action: AddColumn) -> None:
    place = next_place(now, table)
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


def next_place(now: Moment, table: str) -> int:
    return sum(key[0] == "column" for key in now.group(table)) + 1


def drop_column(now: Moment, action: DropColumn) -> None:
    table = now.lock(action.relation, LockMode.ACCESS_EXCLUSIVE)
    now.known.remove(table, ("column", f"{table}.{action.column}"))
    for key, (_, fact) in list(now.group(table).items()):
        if key[0] in ("index", "constraint") and action.column in fact["columns"]:
            now.known.remove(table, key)


def change_column(now: Moment, table: str, action: AlterTable) -> None:
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


def set_not_null(now: Moment, action: SetNotNull) -> None:
    table = now.lock(action.relation, LockMode.ACCESS_EXCLUSIVE)
    key = ("column", f"{table}.{action.column}")
    row, fact = now.group(table).get(key, (None, None))
    if now.is_live(table) and not (row and row["not_null"]):
        proven = not_null_is_proven(now, table, action.column)
        if proven is None:
            what = f"no valid CHECK proves that `{action.column}` is never NULL"
            perhaps(now.facts, "scans", table, what)
        elif not proven:
            now.facts.scans.append(table)
    if row is not None and fact is not None:
        now.known.put(table, key, {**row, "not_null": True}, fact)


def perhaps(facts: Facts, what: str, table: str, provided: str) -> None:
    (facts.rewrites_perhaps if what == "rewrites" else facts.scans_perhaps).append(table)
    facts.provided = facts.provided or provided
