"""What each kind of statement locks, reads and writes, and what the schema is afterwards."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from google.protobuf.message import Message
from postgast import pg_query_pb2 as pg

from checks.model import LockMode
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
from checks.rules.objects import AlterDomain, Compact, CreateTrigger, DropObject, LockTable, RenameObject
from checks.rules.syntax import actions_of
from checks.rules.syntax_objects import range_name
from checks.sql.parse import find, name_parts
from checks.static import rows, tables
from checks.static.constraints import create_index
from checks.static.facts import THE_TABLES
from checks.static.functions import run_body, run_called
from checks.static.moment import Moment

_ROUTINES = ("function", "procedure", "aggregate")
_TYPES = ("enum", "domain", "composite type", "range", "type")


def apply(now: Moment, node: Message) -> None:
    """Write into ``now`` what one parsed statement does."""
    outer, now.actions = now.actions, actions_of(node)
    now.asked += now.actions
    effect = _EFFECTS.get(type(node).__name__)
    if effect is not None:
        effect(now, node)
    now.actions = outer


def _by_action(now: Moment, node: Any) -> None:
    for action in now.actions:
        _apply_action(now, action)


def _apply_action(now: Moment, action: Action) -> None:
    effect = _ACTIONS.get(type(action))
    if effect is not None:
        effect(now, action)
    else:
        tables.alter(now, action)


def _create_table(now: Moment, stmt: Any) -> None:
    tables.create_table(now, stmt, now.actions)


def _create_table_as(now: Moment, stmt: Any) -> None:
    kind = "materialized view" if stmt.objtype == pg.OBJECT_MATVIEW else "table"
    _read(now, stmt.query)
    name = now.known.resolve(range_name(stmt.into.rel))
    now.make(name, rows.relation(kind, name))
    now.facts.lock(name, LockMode.ACCESS_EXCLUSIVE, "table" if kind == "table" else "materialized view")


def _create_view(now: Moment, stmt: Any) -> None:
    _read(now, stmt.query)
    name = now.known.resolve(range_name(stmt.view))
    if now.known.get(name) is None or not now.is_live(name):
        now.make(name, rows.relation("view", name, definition=""))


def _drop(now: Moment, stmt: Any) -> None:
    missing_ok = bool(stmt.missing_ok)
    for action in now.actions:
        full = now.known.resolve(action.relation)
        if missing_ok and full in now.to_come and now.known.get(full) is None:
            continue
        _apply_action(now, action)
    if stmt.behavior == pg.DROP_CASCADE:
        now.wait_open("CASCADE takes more than the statement names")
    if stmt.remove_type in (pg.OBJECT_POLICY, pg.OBJECT_TRIGGER, pg.OBJECT_RULE):
        _drop_of_table(now, stmt)


def _drop_of_table(now: Moment, stmt: Any) -> None:
    for item in stmt.objects:
        names = name_parts(item.list.items)
        table = now.lock(".".join(names[:-1]), LockMode.ACCESS_EXCLUSIVE)
        for kind in ("policy", "trigger", "rule"):
            now.known.remove(table, (kind, f"{table}.{names[-1]}"))


def _drop_table(now: Moment, action: DropTable) -> None:
    table = now.lock(action.relation, LockMode.ACCESS_EXCLUSIVE)
    for (kind, _), (_, fact) in now.group(table).items():
        if kind == "constraint" and fact["references"] and now.known.get(fact["references"]):
            now.facts.lock(fact["references"], LockMode.ACCESS_EXCLUSIVE)
    now.known.drop(table)


def _drop_index(now: Moment, action: DropIndex) -> None:
    mode = LockMode.SHARE_UPDATE_EXCLUSIVE if action.concurrently else LockMode.ACCESS_EXCLUSIVE
    table = now.lock_table_of_index(action.relation, mode)
    full = now.known.resolve(action.relation)
    _, fact = now.group(table).get(("index", full), ({}, {}))
    if fact.get("constraint"):
        what = f"constraint {fact['constraint']} on table {rows.parts(table)[1]} requires it"
        now.facts.refuse("2BP01", f"cannot drop index {rows.parts(full)[1]} because {what}")
    else:
        now.known.remove(table, ("index", full))


def _drop_schema(now: Moment, action: DropSchema) -> None:
    schema = f"schema {action.relation}"
    if now.known.get(schema) is None:
        now.known.assume(schema, rows.other("schema", action.relation))
        now.relation(f"{action.relation}.all that is in it")
    inside = [name for name in now.known.names() if name.startswith(f"{action.relation}.")]
    for name in inside:
        now.known.get(name)
        now.facts.lock(name, LockMode.ACCESS_EXCLUSIVE)
    now.drop_all([*inside, schema])


def _drop_object(now: Moment, action: DropObject) -> None:
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
        now.known.drop(_object(now, action.kinds, action.relation))


def _object(now: Moment, kinds: tuple[str, ...], written: str) -> str:
    """The group of a function, type, sequence …, assumed where no file makes it."""
    bare = kinds == ("extension",)
    full = written if bare else now.known.resolve(written)
    for kind in kinds:
        if now.known.get(_group_name(kind, full)) is not None:
            return _group_name(kind, full)
    name = _group_name(kinds[0], full)
    now.known.assume(name, rows.other(kinds[0], _key_name(kinds[0], full)))
    return name


def _group_name(kind: str, full: str) -> str:
    return f"{'function' if kind in _ROUTINES else 'type' if kind in _TYPES else kind} {full}"


def _key_name(kind: str, full: str) -> str:
    return f"{full}()" if kind in _ROUTINES else full


def _rename_table(now: Moment, action: RenameTable) -> None:
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


def _rename_column(now: Moment, action: RenameColumn) -> None:
    table = now.lock(action.relation, LockMode.ACCESS_EXCLUSIVE)
    key = ("column", f"{table}.{action.column}")
    if key in now.group(table):
        row, fact = now.group(table)[key]
        now.known.remove(table, key)
        now.known.put(table, ("column", f"{table}.{action.new}"), row, {**fact, "name": action.new})


def _rename_object(now: Moment, action: RenameObject) -> None:
    kind = action.kinds[0]
    if kind in ("view", "materialized view", "foreign table"):
        full = now.lock(action.relation, LockMode.ACCESS_EXCLUSIVE, kind)
        now.known.drop(full)
    elif kind == "schema":
        now.known.drop(_object_of_schema(now, action.relation))
    else:
        now.known.drop(_object(now, action.kinds, action.relation))


def _object_of_schema(now: Moment, name: str) -> str:
    group = f"schema {name}"
    if now.known.get(group) is None:
        now.known.assume(group, rows.other("schema", name))
    return group


def _reindex(now: Moment, action: Reindex) -> None:
    mode = LockMode.SHARE_UPDATE_EXCLUSIVE if action.concurrently else LockMode.SHARE
    if action.kind == "index":
        table = now.lock_table_of_index(action.relation, mode)
    elif action.kind == "table":
        table = now.lock(action.relation, mode)
    else:
        table = now.relation(THE_TABLES)
        now.facts.lock(table, mode)
    now.facts.scans.append(table)


def _compact(now: Moment, action: Compact) -> None:
    table = now.lock(action.relation or THE_TABLES, LockMode.ACCESS_EXCLUSIVE)
    if now.is_live(table):
        now.facts.rewrites.append(table)


def _refresh(now: Moment, action: Refresh) -> None:
    mode = LockMode.EXCLUSIVE if action.concurrently else LockMode.ACCESS_EXCLUSIVE
    view = now.lock(action.relation, mode, "materialized view")
    if now.is_live(view):
        (now.facts.scans if action.concurrently else now.facts.rewrites).append(view)


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


def _domain(now: Moment, stmt: Any) -> None:
    for action in now.actions:
        if isinstance(action, AlterDomain):
            _alter_domain(now, action, stmt)


def _create_trigger(now: Moment, action: CreateTrigger) -> None:
    table = now.lock(action.relation, LockMode.SHARE_ROW_EXCLUSIVE)
    now.known.put(table, *rows.of_table("trigger", table, action.name, definition=""))


def _create_policy(now: Moment, stmt: Any) -> None:
    table = now.lock(range_name(stmt.table), LockMode.ACCESS_EXCLUSIVE)
    now.known.put(table, *rows.of_table("policy", table, stmt.policy_name))


def _create_function(now: Moment, stmt: Any) -> None:
    from checks.rules.statements import body_of

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
    now.make(_group_name(kind, full), group)


def _make_other(kind: str, names: Callable[[Any], list[str]]) -> Callable[[Moment, Any], None]:
    def effect(now: Moment, stmt: Any) -> None:
        full = now.known.resolve(".".join(names(stmt)))
        now.make(_group_name(kind, full), rows.other(kind, full))

    return effect


def _create_domain(now: Moment, stmt: Any) -> None:
    full = now.known.resolve(".".join(name_parts(stmt.domainname)))
    kinds = {one.constraint.contype for one in stmt.constraints}
    constrained = bool(kinds & {pg.CONSTR_CHECK, pg.CONSTR_NOTNULL})
    now.make(_group_name("domain", full), rows.other("domain", full, constrained=constrained))


def _create_schema(now: Moment, stmt: Any) -> None:
    now.make(f"schema {stmt.schemaname}", rows.other("schema", stmt.schemaname))


def _grant(now: Moment, stmt: Any) -> None:
    for item in stmt.objects if stmt.objtype == pg.OBJECT_TABLE else ():
        if item.HasField("range_var"):
            now.relation(range_name(item.range_var))


def _owner(now: Moment, stmt: Any) -> None:
    if stmt.HasField("relation"):
        now.relation(range_name(stmt.relation))


def _create_sequence(now: Moment, stmt: Any) -> None:
    full = now.known.resolve(range_name(stmt.sequence))
    now.make(_group_name("sequence", full), rows.other("sequence", full))


def _alter_sequence(now: Moment, stmt: Any) -> None:
    _object(now, ("sequence",), range_name(stmt.sequence))


def _alter_enum(now: Moment, stmt: Any) -> None:
    _object(now, ("enum",), ".".join(name_parts(stmt.type_name)))


def _alter_index_or_table(now: Moment, stmt: Any) -> None:
    if stmt.objtype == pg.OBJECT_INDEX:
        now.lock_table_of_index(range_name(stmt.relation), LockMode.ACCESS_SHARE)
    else:
        _by_action(now, stmt)


def _change_rows(now: Moment, stmt: Any) -> None:
    table = now.lock(range_name(stmt.relation), LockMode.ROW_EXCLUSIVE)
    name = type(stmt).__name__
    if name != "InsertStmt" and now.is_live(table):
        now.facts.scans.append(table)
        if name == "MergeStmt" or stmt.HasField("where_clause"):
            now.wait_open(f"it changes few rows of `{rows.parts(table)[1]}` or most of them")
    _read(now, stmt)


def _select(now: Moment, stmt: Any) -> None:
    _read(now, stmt, LockMode.ROW_SHARE if stmt.locking_clause else LockMode.ACCESS_SHARE)
    run_called(now, stmt, apply)


def _read(now: Moment, tree: Message, mode: LockMode = LockMode.ACCESS_SHARE) -> None:
    """Lock the relations that a query names; which of the names are those of WITH does not matter for that."""
    ranges: Iterator[Any] = find(tree, "RangeVar")
    names = {range_name(one) for one in ranges}
    expressions: Iterator[Any] = find(tree, "CommonTableExpr")
    for name in sorted(names - {one.ctename for one in expressions}):
        full = now.known.resolve(name)
        if now.known.get(full) is not None:
            now.facts.lock(full, mode)


def _copy(now: Moment, stmt: Any) -> None:
    if stmt.HasField("relation"):
        now.lock(range_name(stmt.relation), LockMode.ROW_EXCLUSIVE if stmt.is_from else LockMode.ACCESS_SHARE)


def _truncate(now: Moment, stmt: Any) -> None:
    for item in stmt.relations:
        now.lock(range_name(item.range_var), LockMode.ACCESS_EXCLUSIVE)


def _comment(now: Moment, stmt: Any) -> None:
    names = name_parts(stmt.object.list.items) if stmt.object.HasField("list") else []
    if stmt.objtype == pg.OBJECT_TABLE and names:
        now.lock(".".join(names), LockMode.SHARE_UPDATE_EXCLUSIVE)
    elif stmt.objtype == pg.OBJECT_COLUMN and len(names) > 1:
        now.lock(".".join(names[:-1]), LockMode.SHARE_UPDATE_EXCLUSIVE)


def _vacuum(now: Moment, stmt: Any) -> None:
    _by_action(now, stmt)
    for item in stmt.rels:
        now.lock(range_name(item.vacuum_relation.relation), LockMode.SHARE_UPDATE_EXCLUSIVE)


def _lock_table(now: Moment, action: LockTable) -> None:
    now.lock(action.relation, action.mode)
    if not now.in_transaction:
        now.facts.refuse("25P01", "LOCK TABLE can only be used in transaction blocks")


def _rule(now: Moment, stmt: Any) -> None:
    now.lock(range_name(stmt.relation), LockMode.ACCESS_EXCLUSIVE)


def _statistics(now: Moment, stmt: Any) -> None:
    for item in stmt.relations:
        if item.HasField("range_var"):
            now.lock(range_name(item.range_var), LockMode.SHARE_UPDATE_EXCLUSIVE)


def _search_path(now: Moment, stmt: Any) -> None:
    if stmt.name == "search_path" and stmt.args:
        first = stmt.args[0].a_const.sval.sval
        if first and not first.startswith("$") and "," not in first:
            now.known.schema = first
    if stmt.is_local and not now.in_transaction:
        now.facts.notices.append("WARNING: SET LOCAL can only be used in transaction blocks")


def _do(now: Moment, stmt: Any) -> None:
    from checks.rules.statements import body_of

    run_body(now, body_of(stmt, "args"), apply)


_ACTIONS: Mapping[type[Action], Callable[[Moment, Any], None]] = {
    Compact: _compact,
    CreateIndex: create_index,
    CreateTrigger: _create_trigger,
    DropIndex: _drop_index,
    DropObject: _drop_object,
    DropSchema: _drop_schema,
    DropTable: _drop_table,
    LockTable: _lock_table,
    Refresh: _refresh,
    Reindex: _reindex,
    RenameColumn: _rename_column,
    RenameObject: _rename_object,
    RenameTable: _rename_table,
}
_EFFECTS: Mapping[str, Callable[[Moment, Any], None]] = {
    "AlterDomainStmt": _domain,
    "AlterEnumStmt": _alter_enum,
    "AlterObjectSchemaStmt": _by_action,
    "AlterOwnerStmt": _owner,
    "AlterSeqStmt": _alter_sequence,
    "AlterTableStmt": _alter_index_or_table,
    "CallStmt": _select,
    "ClusterStmt": _by_action,
    "CommentStmt": _comment,
    "CompositeTypeStmt": _make_other("composite type", lambda stmt: [range_name(stmt.typevar)]),
    "CopyStmt": _copy,
    "CreateDomainStmt": _create_domain,
    "CreateEnumStmt": _make_other("enum", lambda stmt: name_parts(stmt.type_name)),
    "CreateFunctionStmt": _create_function,
    "CreatePolicyStmt": _create_policy,
    "CreateRangeStmt": _make_other("range", lambda stmt: name_parts(stmt.type_name)),
    "CreateSchemaStmt": _create_schema,
    "CreateSeqStmt": _create_sequence,
    "CreateStatsStmt": _statistics,
    "CreateStmt": _create_table,
    "CreateTableAsStmt": _create_table_as,
    "CreateTrigStmt": _by_action,
    "DeleteStmt": _change_rows,
    "DoStmt": _do,
    "DropStmt": _drop,
    "GrantStmt": _grant,
    "IndexStmt": _by_action,
    "InsertStmt": _change_rows,
    "LockStmt": _by_action,
    "MergeStmt": _change_rows,
    "RefreshMatViewStmt": _by_action,
    "ReindexStmt": _by_action,
    "RenameStmt": _by_action,
    "RuleStmt": _rule,
    "SelectStmt": _select,
    "TruncateStmt": _truncate,
    "UpdateStmt": _change_rows,
    "VacuumStmt": _vacuum,
    "VariableSetStmt": _search_path,
    "ViewStmt": _create_view,
}
