"""CREATE of what is no table, and what is altered or granted: what it locks, and what is there afterwards."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from postgast import pg_query_pb2 as pg

from checks.model.observations import LockMode
from checks.rules.objects import CreateTrigger
from checks.rules.statements import body_of
from checks.rules.syntax_objects import range_name
from checks.sql.parse import name_parts
from checks.static import rows
from checks.static.drops import group_name, object_group
from checks.static.moment import Moment
from checks.static.queries import read_relations


def create_table_as(now: Moment, stmt: Any) -> None:
    kind = "materialized view" if stmt.objtype == pg.OBJECT_MATVIEW else "table"
    read_relations(now, stmt.query)
    name = now.known.resolve(range_name(stmt.into.rel))
    now.make(name, rows.relation(kind, name))
    now.facts.lock(name, LockMode.ACCESS_EXCLUSIVE, "table" if kind == "table" else "materialized view")


def create_view(now: Moment, stmt: Any) -> None:
    read_relations(now, stmt.query)
    name = now.known.resolve(range_name(stmt.view))
    if now.known.get(name) is None or not now.is_live(name):
        now.make(name, rows.relation("view", name, definition=""))


def create_trigger(now: Moment, action: CreateTrigger) -> None:
    table = now.lock(action.relation, LockMode.SHARE_ROW_EXCLUSIVE)
    now.known.put(table, *rows.of_table("trigger", table, action.name, definition=""))


def create_policy(now: Moment, stmt: Any) -> None:
    table = now.lock(range_name(stmt.table), LockMode.ACCESS_EXCLUSIVE)
    now.known.put(table, *rows.of_table("policy", table, stmt.policy_name))


def create_function(now: Moment, stmt: Any) -> None:
    kind = "procedure" if stmt.is_procedure else "function"
    full = now.known.resolve(".".join(name_parts(stmt.funcname)))
    options = {option.def_elem.defname: option.def_elem.arg for option in stmt.options}
    definer = "security" in options and options["security"].boolean.boolval
    settings = " ".join(
        option.def_elem.arg.variable_set_stmt.name
        for option in stmt.options
        if option.def_elem.defname == "set"
    )
    group = rows.other(
        kind,
        f"{full}()",
        returns=(name_parts(stmt.return_type.names) or [""])[-1],
        language=options["language"].string.sval.lower() if "language" in options else "sql",
        body=body_of(stmt, "options"),
        security_definer=definer,
        settings=settings or None,
    )
    now.make(group_name(kind, full), group)


def make_other(kind: str, names: Callable[[Any], list[str]]) -> Callable[[Moment, Any], None]:
    def effect(now: Moment, stmt: Any) -> None:
        full = now.known.resolve(".".join(names(stmt)))
        now.make(group_name(kind, full), rows.other(kind, full))

    return effect


def create_domain(now: Moment, stmt: Any) -> None:
    full = now.known.resolve(".".join(name_parts(stmt.domainname)))
    kinds = {one.constraint.contype for one in stmt.constraints}
    constrained = bool(kinds & {pg.CONSTR_CHECK, pg.CONSTR_NOTNULL})
    now.make(group_name("domain", full), rows.other("domain", full, constrained=constrained))


def create_schema(now: Moment, stmt: Any) -> None:
    now.make(f"schema {stmt.schemaname}", rows.other("schema", stmt.schemaname))


def create_sequence(now: Moment, stmt: Any) -> None:
    full = now.known.resolve(range_name(stmt.sequence))
    now.make(group_name("sequence", full), rows.other("sequence", full))


def alter_sequence(now: Moment, stmt: Any) -> None:
    object_group(now, ("sequence",), range_name(stmt.sequence))


def alter_enum(now: Moment, stmt: Any) -> None:
    object_group(now, ("enum",), ".".join(name_parts(stmt.type_name)))


def grant(now: Moment, stmt: Any) -> None:
    for item in stmt.objects if stmt.objtype == pg.OBJECT_TABLE else ():
        if item.HasField("range_var"):
            now.relation(range_name(item.range_var))


def change_owner(now: Moment, stmt: Any) -> None:
    if stmt.HasField("relation"):
        now.relation(range_name(stmt.relation))


def create_rule(now: Moment, stmt: Any) -> None:
    now.lock(range_name(stmt.relation), LockMode.ACCESS_EXCLUSIVE)


def statistics(now: Moment, stmt: Any) -> None:
    for item in stmt.relations:
        if item.HasField("range_var"):
            now.lock(range_name(item.range_var), LockMode.SHARE_UPDATE_EXCLUSIVE)


def comment(now: Moment, stmt: Any) -> None:
    names = name_parts(stmt.object.list.items) if stmt.object.HasField("list") else []
    if stmt.objtype == pg.OBJECT_TABLE and names:
        now.lock(".".join(names), LockMode.SHARE_UPDATE_EXCLUSIVE)
    elif stmt.objtype == pg.OBJECT_COLUMN and len(names) > 1:
        now.lock(".".join(names[:-1]), LockMode.SHARE_UPDATE_EXCLUSIVE)
