"""From the syntax tree of a statement to its actions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Literal

from google.protobuf.message import Message
from postgast import pg_query_pb2

from checks.rules import syntax_objects
from checks.rules.actions import (
    Action,
    AddColumn,
    AddConstraint,
    AlterTable,
    AttachPartition,
    ChangeRows,
    ChangeType,
    ConstraintKind,
    CreateIndex,
    CreateTable,
    DetachPartition,
    DropColumn,
    DropConstraint,
    DropDatabase,
    DropIndex,
    DropSchema,
    DropTable,
    Refresh,
    Reindex,
    RenameColumn,
    RenameTable,
    SetLockTimeout,
    SetNotNull,
    Truncate,
    ValidateConstraint,
)
from checks.sql.parse import name_parts, unwrap

_KINDS: dict[int, ConstraintKind] = {
    pg_query_pb2.CONSTR_CHECK: "check",
    pg_query_pb2.CONSTR_FOREIGN: "foreign key",
    pg_query_pb2.CONSTR_UNIQUE: "unique",
    pg_query_pb2.CONSTR_PRIMARY: "primary key",
    pg_query_pb2.CONSTR_EXCLUSION: "exclusion",
    pg_query_pb2.CONSTR_NOTNULL: "not null",
}
_SERIAL = {"serial", "serial4", "bigserial", "serial8", "smallserial", "serial2"}


def actions_of(node: Message | None) -> tuple[Action, ...]:
    """The actions of one statement's node, in order; kinds that no rule asks about are left out."""
    name = type(node).__name__
    readers = [readers[name] for readers in (_READERS, syntax_objects.READERS) if name in readers]
    read = [action for reader in readers for action in reader(node)]
    return (*_with(node), *read) if readers else ()


def _with(node: Any) -> Iterator[Action]:
    """The commands inside WITH, which change rows too."""
    if "with_clause" in node.DESCRIPTOR.fields_by_name:
        for part in node.with_clause.ctes:
            yield from actions_of(unwrap(part.common_table_expr.ctequery))


def _create_table(stmt: Any) -> Iterator[Action]:
    table = _range(stmt.relation)
    yield CreateTable(table, stmt.if_not_exists, stmt.relation.relpersistence == "t")
    for element in stmt.table_elts:
        if element.HasField("column_def"):
            yield from _column(table, element.column_def, new_table=True)
        elif element.HasField("constraint"):
            yield from _constraint(table, element.constraint, (), new_table=True)


def _alter_table(stmt: Any) -> Iterator[Action]:
    if stmt.objtype != pg_query_pb2.OBJECT_TABLE:
        return
    table = _range(stmt.relation)
    for command in stmt.cmds:
        yield from _alter_command(table, command.alter_table_cmd)


def _alter_command(table: str, command: Any) -> Iterator[Action]:
    subtype = command.subtype
    if subtype == pg_query_pb2.AT_AddColumn:
        yield from _column(table, getattr(command, "def").column_def)
    elif subtype == pg_query_pb2.AT_DropColumn:
        yield DropColumn(table, command.name)
    elif subtype == pg_query_pb2.AT_AlterColumnType:
        definition = getattr(command, "def").column_def
        using = definition.HasField("raw_default")
        yield ChangeType(table, command.name, _type(definition.type_name), using, definition)
    elif subtype == pg_query_pb2.AT_SetNotNull:
        yield SetNotNull(table, command.name)
    elif subtype == pg_query_pb2.AT_AddConstraint:
        yield from _constraint(table, getattr(command, "def").constraint, ())
    elif subtype == pg_query_pb2.AT_ValidateConstraint:
        yield ValidateConstraint(table, command.name)
    elif subtype == pg_query_pb2.AT_DropConstraint:
        yield DropConstraint(table, command.name)
    elif subtype == pg_query_pb2.AT_DetachPartition:
        partition = getattr(command, "def").partition_cmd
        yield DetachPartition(table, _range(partition.name), partition.concurrent)
    elif subtype == pg_query_pb2.AT_AttachPartition:
        yield AttachPartition(table, _range(getattr(command, "def").partition_cmd.name))
    else:
        name = command.newowner.rolename if command.HasField("newowner") else command.name
        word = pg_query_pb2.AlterTableType.Name(subtype).removeprefix("AT_")
        yield AlterTable(table, word, name, getattr(command, "def"))


def _column(table: str, column: Any, new_table: bool = False) -> Iterator[Action]:
    written = [node.constraint for node in column.constraints]
    by_type = {constraint.contype: constraint for constraint in written}
    default = by_type.get(pg_query_pb2.CONSTR_DEFAULT)
    generated = by_type.get(pg_query_pb2.CONSTR_GENERATED)
    type_name = _type(column.type_name)
    serial = type_name in _SERIAL or pg_query_pb2.CONSTR_IDENTITY in by_type
    required = {pg_query_pb2.CONSTR_NOTNULL, pg_query_pb2.CONSTR_PRIMARY} & by_type.keys()
    yield AddColumn(
        relation=table,
        column=column.colname,
        type=type_name,
        not_null=bool(required) or serial,
        expression=default.raw_expr if default is not None and not default.raw_expr.a_const.isnull else None,
        serial=serial,
        stored=generated is not None and generated.generated_kind in ("", "s"),
        virtual=generated is not None and generated.generated_kind == "v",
        constant=default is not None and _is_constant(default.raw_expr),
        new_table=new_table,
        node=column,
    )
    for constraint in written:
        yield from _constraint(table, constraint, (column.colname,), new_table, new_column=True)


def _constraint(
    table: str, constraint: Any, columns: Sequence[str], new_table: bool = False, new_column: bool = False
) -> Iterator[Action]:
    kind = _KINDS.get(constraint.contype)
    if kind is None or (kind == "not null" and new_column):
        return
    named = tuple(name_parts(constraint.fk_attrs) or name_parts(constraint.keys) or columns)
    yield AddConstraint(
        relation=table,
        kind=kind,
        name=constraint.conname or None,
        columns=named,
        not_valid=constraint.skip_validation,
        index=constraint.indexname or None,
        references=_range(constraint.pktable) if constraint.HasField("pktable") else None,
        node=constraint,
        new_table=new_table,
        new_column=new_column,
    )


def _create_index(stmt: Any) -> Iterator[Action]:
    yield CreateIndex(
        relation=_range(stmt.relation),
        name=stmt.idxname or None,
        unique=stmt.unique,
        concurrently=stmt.concurrent,
        if_not_exists=stmt.if_not_exists,
        columns=_key(stmt),
        node=stmt,
    )


def _key(stmt: Any) -> tuple[str, ...]:
    names = tuple(param.index_elem.name for param in stmt.index_params)
    return names if all(names) and not stmt.HasField("where_clause") else ()


def _drop(stmt: Any) -> Iterator[Action]:
    for item in stmt.objects:
        name = item.string.sval if item.HasField("string") else _dotted(name_parts(item.list.items))
        if stmt.remove_type == pg_query_pb2.OBJECT_INDEX:
            yield DropIndex(name, stmt.concurrent)
        elif stmt.remove_type == pg_query_pb2.OBJECT_TABLE:
            yield DropTable(name)
        elif stmt.remove_type == pg_query_pb2.OBJECT_SCHEMA:
            yield DropSchema(name)
    yield from syntax_objects.dropped(stmt)


_WITH_COLUMNS = (pg_query_pb2.OBJECT_TABLE, pg_query_pb2.OBJECT_VIEW, pg_query_pb2.OBJECT_MATVIEW)


def _rename(stmt: Any) -> Iterator[Action]:
    if stmt.rename_type == pg_query_pb2.OBJECT_COLUMN and stmt.relation_type in _WITH_COLUMNS:
        yield RenameColumn(_range(stmt.relation), stmt.subname, stmt.newname)
    elif stmt.rename_type == pg_query_pb2.OBJECT_TABLE:
        schema = stmt.relation.schemaname
        yield RenameTable(_range(stmt.relation), _dotted([schema, stmt.newname]))
    else:
        yield from syntax_objects.renamed(stmt)


def _set_schema(stmt: Any) -> Iterator[Action]:
    if stmt.object_type == pg_query_pb2.OBJECT_TABLE:
        yield RenameTable(_range(stmt.relation), _dotted([stmt.newschema, stmt.relation.relname]))
    else:
        yield from syntax_objects.moved(stmt)


def _reindex(stmt: Any) -> Iterator[Action]:
    kinds: dict[int, Literal["index", "table", "schema", "system", "database"]] = {
        pg_query_pb2.REINDEX_OBJECT_INDEX: "index",
        pg_query_pb2.REINDEX_OBJECT_TABLE: "table",
        pg_query_pb2.REINDEX_OBJECT_SCHEMA: "schema",
        pg_query_pb2.REINDEX_OBJECT_SYSTEM: "system",
        pg_query_pb2.REINDEX_OBJECT_DATABASE: "database",
    }
    concurrently = any(param.def_elem.defname == "concurrently" for param in stmt.params)
    name = _range(stmt.relation) if stmt.HasField("relation") else stmt.name
    yield Reindex(name, kinds[stmt.kind], concurrently)


def _insert(stmt: Any) -> Iterator[Action]:
    literal = not stmt.HasField("select_stmt") or bool(stmt.select_stmt.select_stmt.values_lists)
    yield ChangeRows(_range(stmt.relation), "INSERT", where=False, literal=literal, named=bool(stmt.cols))


def _update(stmt: Any) -> Iterator[Action]:
    columns = tuple(target.res_target.name for target in stmt.target_list)
    nulls = set(_null_columns(stmt.where_clause))
    yield ChangeRows(
        _range(stmt.relation),
        "UPDATE",
        where=stmt.HasField("where_clause"),
        chosen=any(map(_is_choice, _conjuncts(stmt.where_clause))),
        columns=columns,
        empty=tuple(name for name in columns if name in nulls),
    )


def _conjuncts(condition: Any) -> Iterator[Any]:
    """The parts of a condition that all have to hold."""
    if condition.HasField("bool_expr") and condition.bool_expr.boolop == pg_query_pb2.AND_EXPR:
        for part in condition.bool_expr.args:
            yield from _conjuncts(part)
    else:
        yield condition


_CHOICES = (
    pg_query_pb2.AEXPR_OP,
    pg_query_pb2.AEXPR_IN,
    pg_query_pb2.AEXPR_OP_ANY,
    pg_query_pb2.AEXPR_BETWEEN,
)


def _is_choice(condition: Any) -> bool:
    """``a = 1``, ``a IN (1, 2)``, ``a = ANY ('{1,2}')``, ``a BETWEEN 1 AND 9``: rows that the author has chosen."""
    if condition.HasField("bool_expr") and condition.bool_expr.boolop == pg_query_pb2.OR_EXPR:
        return all(map(_is_choice, condition.bool_expr.args))
    test = condition.a_expr
    if not condition.HasField("a_expr") or test.kind not in _CHOICES:
        return False
    equal = test.kind == pg_query_pb2.AEXPR_BETWEEN or name_parts(test.name) == ["="]
    return equal and any(map(_is_written_out, (test.lexpr, test.rexpr)))


def _is_written_out(value: Any) -> bool:
    """A constant, cast or not, or a list of them."""
    if value.HasField("type_cast"):
        return _is_written_out(value.type_cast.arg)
    if value.HasField("list"):
        return all(map(_is_written_out, value.list.items))
    if value.HasField("a_array_expr"):
        return all(map(_is_written_out, value.a_array_expr.elements))
    return bool(value.HasField("a_const"))


def _null_columns(condition: Any) -> Iterator[str]:
    """Columns that must be NULL for a condition to hold: ``a IS NULL AND …``."""
    if condition.HasField("null_test"):
        test = condition.null_test
        fields = name_parts(test.arg.column_ref.fields)
        if test.nulltesttype == pg_query_pb2.IS_NULL and fields:
            yield fields[-1]
    elif condition.HasField("bool_expr") and condition.bool_expr.boolop == pg_query_pb2.AND_EXPR:
        for part in condition.bool_expr.args:
            yield from _null_columns(part)


def _set(stmt: Any) -> Iterator[Action]:
    if stmt.name != "lock_timeout" or stmt.kind != pg_query_pb2.VAR_SET_VALUE:
        return
    value = stmt.args[0].a_const
    if (value.HasField("sval") and value.sval.sval.strip() != "0") or value.ival.ival:
        yield SetLockTimeout("")


def _select(stmt: Any) -> Iterator[Action]:
    for target in stmt.target_list:
        call = target.res_target.val.func_call
        is_set = name_parts(call.funcname)[-1:] == ["set_config"] and bool(call.args)
        if is_set and call.args[0].a_const.sval.sval == "lock_timeout":
            yield SetLockTimeout("")


_READERS: dict[str, Callable[[Any], Iterator[Action]]] = {
    "CreateStmt": _create_table,
    "AlterTableStmt": _alter_table,
    "IndexStmt": _create_index,
    "DropStmt": _drop,
    "DropdbStmt": lambda stmt: iter([DropDatabase(stmt.dbname)]),
    "RenameStmt": _rename,
    "AlterObjectSchemaStmt": _set_schema,
    "ReindexStmt": _reindex,
    "RefreshMatViewStmt": lambda stmt: iter([Refresh(_range(stmt.relation), stmt.concurrent)]),
    "TruncateStmt": lambda stmt: (Truncate(_range(item.range_var)) for item in stmt.relations),
    "InsertStmt": _insert,
    "UpdateStmt": _update,
    "DeleteStmt": lambda stmt: iter(
        [ChangeRows(_range(stmt.relation), "DELETE", stmt.HasField("where_clause"))]
    ),
    "MergeStmt": lambda stmt: iter([ChangeRows(_range(stmt.relation), "MERGE", where=True)]),
    "VariableSetStmt": _set,
    "SelectStmt": _select,
}


def _range(relation: Any) -> str:
    return _dotted([relation.schemaname, relation.relname])


def _dotted(parts: Sequence[str] | Iterator[str]) -> str:
    return ".".join(part for part in parts if part)


def _type(type_name: Any) -> str:
    return ".".join(part for part in name_parts(type_name.names) if part != "pg_catalog")


def _is_constant(expression: Any) -> bool:
    if expression.HasField("type_cast"):
        return _is_constant(expression.type_cast.arg)
    return bool(expression.HasField("a_const"))
