"""From the syntax tree of a statement to the actions of ``objects``."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from postgast import pg_query_pb2 as pg

from checks.model.observations import LockMode
from checks.rules.actions import Action
from checks.rules.objects import (
    AddValue,
    AlterDomain,
    AlterSequence,
    ChangeOwner,
    ChangePrivileges,
    ChangeServer,
    Compact,
    CreateEnum,
    CreateFunction,
    CreateTrigger,
    DropObject,
    LockTable,
    RenameObject,
    RenameValue,
    SetParameter,
)
from checks.sql.parse import name_parts, unwrap

_TYPES = ("enum", "domain", "composite type", "range", "type")
_ROUTINES = ("function", "procedure", "aggregate")
_KINDS: Mapping[int, tuple[str, ...]] = {
    pg.OBJECT_VIEW: ("view",),
    pg.OBJECT_MATVIEW: ("materialized view",),
    pg.OBJECT_SEQUENCE: ("sequence",),
    pg.OBJECT_FOREIGN_TABLE: ("foreign table",),
    pg.OBJECT_FUNCTION: _ROUTINES,
    pg.OBJECT_PROCEDURE: _ROUTINES,
    pg.OBJECT_ROUTINE: _ROUTINES,
    pg.OBJECT_AGGREGATE: _ROUTINES,
    pg.OBJECT_TYPE: _TYPES,
    pg.OBJECT_DOMAIN: _TYPES,
    pg.OBJECT_SCHEMA: ("schema",),
    pg.OBJECT_EXTENSION: ("extension",),
    pg.OBJECT_TRIGGER: ("trigger",),
    pg.OBJECT_POLICY: ("policy",),
}
"""What DROP and RENAME name, as the catalog's object types."""
_TARGETS = {
    pg.OBJECT_TABLE: "table",
    pg.OBJECT_SEQUENCE: "sequence",
    pg.OBJECT_SCHEMA: "schema",
    pg.OBJECT_FUNCTION: "function",
    pg.OBJECT_DATABASE: "database",
}
_MODES = tuple(LockMode)


def dropped(stmt: Any) -> Iterator[Action]:
    """Of a DropStmt, but for tables, indexes and schemas."""
    kinds = _KINDS.get(stmt.remove_type)
    if kinds is not None and kinds != ("schema",):
        yield from (DropObject(_object(item), kinds) for item in stmt.objects)


def renamed(stmt: Any) -> Iterator[Action]:
    """Of a RenameStmt, but for tables and columns."""
    kinds = _KINDS.get(stmt.rename_type)
    if kinds is None or kinds in (("trigger",), ("policy",)):
        return
    if stmt.HasField("relation"):
        yield RenameObject(range_name(stmt.relation), kinds, stmt.newname)
    elif stmt.rename_type == pg.OBJECT_SCHEMA:
        yield RenameObject(stmt.subname, kinds, stmt.newname)
    else:
        yield RenameObject(_object(stmt.object), kinds, stmt.newname)


def moved(stmt: Any) -> Iterator[Action]:
    """Of an AlterObjectSchemaStmt, but for tables."""
    kinds = _KINDS.get(stmt.object_type)
    if kinds is not None:
        name = range_name(stmt.relation) if stmt.HasField("relation") else _object(stmt.object)
        yield RenameObject(name, kinds, f"{stmt.newschema}.{name.rpartition('.')[2]}")


def range_name(relation: Any) -> str:
    return ".".join(part for part in (relation.schemaname, relation.relname) if part)


def _object(node: Any) -> str:
    """The dotted name of an object that DROP, ALTER or GRANT names."""
    item: Any = unwrap(node)
    match type(item).__name__:
        case "String":
            return str(item.sval)
        case "RangeVar":
            return range_name(item)
        case "ObjectWithArgs":
            return ".".join(name_parts(item.objname))
        case "TypeName":
            return ".".join(name_parts(item.names))
        case "List":
            return ".".join(name_parts(item.items))
    return ""


def _lock(stmt: Any) -> Iterator[Action]:
    return (LockTable(_object(item), _MODES[stmt.mode - 1]) for item in stmt.relations)


def _vacuum(stmt: Any) -> Iterator[Action]:
    if any(option.def_elem.defname == "full" for option in stmt.options):
        names = [range_name(item.vacuum_relation.relation) for item in stmt.rels]
        yield from (Compact(name, "VACUUM FULL") for name in names or [""])


def _enum(stmt: Any) -> Iterator[Action]:
    name = ".".join(name_parts(stmt.type_name))
    yield RenameValue(name, stmt.old_val, stmt.new_val) if stmt.old_val else AddValue(name, stmt.new_val)


def _domain(stmt: Any) -> Iterator[Action]:
    if stmt.subtype in ("C", "V", "O"):
        yield AlterDomain(".".join(name_parts(stmt.type_name)))


def _sequence(stmt: Any) -> Iterator[Action]:
    restart = any(option.def_elem.defname == "restart" for option in stmt.options)
    yield AlterSequence(range_name(stmt.sequence), restart)


def _grant(stmt: Any) -> Iterator[Action]:
    yield ChangePrivileges(
        _object(stmt.objects[0]) if stmt.objects else "",
        grant=stmt.is_grant,
        kind=_TARGETS.get(stmt.objtype, "other"),
        roles=tuple(_role(item.role_spec) for item in stmt.grantees),
        privileges=tuple(item.access_priv.priv_name for item in stmt.privileges),
    )


def _role(role: Any) -> str:
    return "public" if role.roletype == pg.ROLESPEC_PUBLIC else str(role.rolename)


def _owner(stmt: Any) -> Iterator[Action]:
    name = range_name(stmt.relation) if stmt.HasField("relation") else _object(stmt.object)
    yield ChangeOwner(name, _role(stmt.newowner))


def _function(stmt: Any) -> Iterator[Action]:
    options = [option.def_elem for option in stmt.options]
    definer = any(option.defname == "security" and option.arg.boolean.boolval for option in options)
    yield CreateFunction(".".join(name_parts(stmt.funcname)), definer)


def _setting(stmt: Any) -> Iterator[Action]:
    if stmt.kind in (pg.VAR_SET_VALUE, pg.VAR_SET_DEFAULT):
        constant = stmt.args[0].a_const if stmt.args else pg.A_Const()
        value = constant.sval.sval if constant.HasField("sval") else str(constant.ival.ival)
        yield SetParameter(stmt.name, value.strip() if stmt.args else "", stmt.is_local)


READERS: Mapping[str, Callable[[Any], Iterator[Action]]] = {
    "LockStmt": _lock,
    "VacuumStmt": _vacuum,
    "ClusterStmt": lambda stmt: iter([Compact(range_name(stmt.relation), "CLUSTER")]),
    "CreateTrigStmt": lambda stmt: iter(
        [CreateTrigger(range_name(stmt.relation), stmt.trigname, stmt.replace)]
    ),
    "AlterEnumStmt": _enum,
    "CreateEnumStmt": lambda stmt: iter([CreateEnum(".".join(name_parts(stmt.type_name)))]),
    "AlterDomainStmt": _domain,
    "AlterSeqStmt": _sequence,
    "GrantStmt": _grant,
    "AlterOwnerStmt": _owner,
    "CreateFunctionStmt": _function,
    "AlterSystemStmt": lambda stmt: iter([ChangeServer(stmt.setstmt.name, "ALTER SYSTEM")]),
    "AlterDatabaseSetStmt": lambda stmt: iter([ChangeServer(stmt.setstmt.name, "ALTER DATABASE")]),
    "AlterRoleSetStmt": lambda stmt: iter([ChangeServer(stmt.setstmt.name, "ALTER ROLE")]),
    "AlterExtensionStmt": lambda stmt: iter([ChangeServer(stmt.extname, "ALTER EXTENSION")]),
    "VariableSetStmt": _setting,
}
