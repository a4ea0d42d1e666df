"""DROP and RENAME: what they lock, and what is gone afterwards."""

from __future__ import annotations

from typing import Any

from checks.model.observations import LockMode
from checks.rules.actions import (
    DropIndex,
    DropSchema,
    DropTable,
    RenameColumn,
    RenameTable,
)
from checks.rules.objects import DropObject, RenameObject
from checks.sql.parse import name_parts
from checks.static import rows
from checks.static.moment import Moment

_ROUTINES = ("function", "procedure", "aggregate")


_TYPES = ("enum", "domain", "composite type", "range", "type")


def drop_of_table(now: Moment, stmt: Any) -> None:
    for item in stmt.objects:
        names = name_parts(item.list.items)
        table = now.lock(".".join(names[:-1]), LockMode.ACCESS_EXCLUSIVE)
        for kind in ("policy", "trigger", "rule"):
            now.known.remove(table, (kind, f"{table}.{names[-1]}"))


def drop_table(now: Moment, action: DropTable) -> None:
    table = now.lock(action.relation, LockMode.ACCESS_EXCLUSIVE)
    for (kind, _), (_, fact) in now.group(table).items():
        if kind == "constraint" and fact["references"] and now.known.get(fact["references"]):
            now.facts.lock(fact["references"], LockMode.ACCESS_EXCLUSIVE)
    now.known.drop(table)


def drop_index(now: Moment, action: DropIndex) -> None:
    mode = LockMode.SHARE_UPDATE_EXCLUSIVE if action.concurrently else LockMode.ACCESS_EXCLUSIVE
    table = now.lock_table_of_index(action.relation, mode)
    full = now.known.resolve(action.relation)
    _, fact = now.group(table).get(("index", full), ({}, {}))
    if fact.get("constraint"):
        what = f"constraint {fact['constraint']} on table {rows.parts(table)[1]} requires it"
        now.facts.refuse("2BP01", f"cannot drop index {rows.parts(full)[1]} because {what}")
    else:
        now.known.remove(table, ("index", full))


def drop_schema(now: Moment, action: DropSchema) -> None:
    schema = f"schema {action.relation}"
    if now.known.get(schema) is None:
        now.known.assume(schema, rows.other("schema", action.relation))
        now.relation(f"{action.relation}.all that is in it")
    inside = [name for name in now.known.names() if name.startswith(f"{action.relation}.")]
    for name in inside:
        now.known.get(name)
        now.facts.lock(name, LockMode.ACCESS_EXCLUSIVE)
    now.drop_all([*inside, schema])


def drop_object(now: Moment, action: DropObject) -> None:
    kind = action.kinds[0]
    if kind in ("view", "materialized view", "foreign table"):
        full = now.lock(action.relation, LockMode.ACCESS_EXCLUSIVE, kind)
        now.known.drop(full)
    elif kind == "trigger":
        table, _, name = action.relation.rpartition(".")
        full = now.lock(table, LockMode.ACCESS_EXCLUSIVE)
        if now.is_live(full) and ("trigger", f"{full}.{name}") not in now.group(full):
            now.known.recall(full, *rows.of_table("trigger", full, name, definition=""))
    elif kind != "policy":
        now.known.drop(object_group(now, action.kinds, action.relation))


def object_group(now: Moment, kinds: tuple[str, ...], written: str) -> str:
    """The group of a function, type, sequence …, assumed where no file makes it."""
    bare = kinds == ("extension",)
    full = written if bare else now.known.resolve(written)
    for kind in kinds:
        if now.known.get(group_name(kind, full)) is not None:
            return group_name(kind, full)
    name = group_name(kinds[0], full)
    now.known.assume(name, rows.other(kinds[0], _key_name(kinds[0], full)))
    return name


def group_name(kind: str, full: str) -> str:
    return f"{'function' if kind in _ROUTINES else 'type' if kind in _TYPES else kind} {full}"


def _key_name(kind: str, full: str) -> str:
    return f"{full}()" if kind in _ROUTINES else full


def rename_table(now: Moment, action: RenameTable) -> None:
    old = now.lock(action.relation, LockMode.ACCESS_EXCLUSIVE)
    new = action.new if "." in action.new else f"{rows.parts(old)[0]}.{action.new}"
    now.known.rename(old, new, _renamed(now, old, new))


def _renamed(now: Moment, old: str, new: str) -> Any:
    schema, last = rows.parts(new)
    renamed = {}
    for (kind, name), (row, fact) in now.group(old).items():
        moved = {**fact, "schema": schema, **({"table": last} if "table" in fact else {"name": last})}
        if kind == "index":
            moved["table_schema"] = schema
            renamed[kind, f"{schema}.{rows.parts(name)[1]}"] = row, moved
        else:
            renamed[kind, new + name.removeprefix(old)] = row, moved
    return renamed


def rename_column(now: Moment, action: RenameColumn) -> None:
    table = now.lock(action.relation, LockMode.ACCESS_EXCLUSIVE)
    key = ("column", f"{table}.{action.column}")
    if key in now.group(table):
        row, fact = now.group(table)[key]
        now.known.remove(table, key)
        now.known.put(table, ("column", f"{table}.{action.new}"), row, {**fact, "name": action.new})


def rename_object(now: Moment, action: RenameObject) -> None:
    kind = action.kinds[0]
    if kind in ("view", "materialized view", "foreign table"):
        full = now.lock(action.relation, LockMode.ACCESS_EXCLUSIVE, kind)
        now.known.drop(full)
    elif kind == "schema":
        now.known.drop(_object_of_schema(now, action.relation))
    else:
        now.known.drop(object_group(now, action.kinds, action.relation))


def _object_of_schema(now: Moment, name: str) -> str:
    group = f"schema {name}"
    if now.known.get(group) is None:
        now.known.assume(group, rows.other("schema", name))
    return group
