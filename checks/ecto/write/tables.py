"""ALTER TABLE, command by command → Ecto's commands."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from postgast import pg_query_pb2 as pg

from checks.ecto.objects import (
    Add,
    AlterTable,
    Command,
    Constraint,
    Create,
    Drop,
    Execute,
    Modify,
    Reference,
    Remove,
    Table,
)
from checks.ecto.sql.defaults import FRAGMENT
from checks.ecto.write.equal import alone
from checks.ecto.write.types import ecto_type
from checks.elixir.values import Atom, Value
from checks.sql.parse import name_parts
from checks.sql.spelling import expression_text

_ACTIONS = {"c": "delete_all", "n": "nilify_all", "d": "default_all", "r": "restrict"}
_ON_UPDATE = {"c": "update_all", "n": "nilify_all", "r": "restrict"}


def alter_table(node: Any) -> list[Command] | None:
    """Its commands, as SQL where Ecto has no word; None when it is not simply about a table."""
    if node.objtype != pg.OBJECT_TABLE or node.missing_ok or not node.relation.inh:
        return None
    table = Table(name=node.relation.relname, prefix=node.relation.schemaname or None)
    return [_command(table, one.alter_table_cmd) or _as_sql(node, one) for one in node.cmds]


def _as_sql(node: Any, command: Any) -> Command:
    return Execute(alone(node, command), None, has_down=False)


def joined(commands: list[Command]) -> list[Command]:
    """Neighbouring changes of one table in one block."""
    result: list[Command] = []
    for command in commands:
        last = result[-1] if result else None
        if isinstance(last, AlterTable) and isinstance(command, AlterTable) and last.table == command.table:
            result[-1] = AlterTable(last.table, (*last.changes, *command.changes))
        else:
            result.append(command)
    return result


def foreign_key(constraint: Any, type: Value, table: Table) -> Reference | None:
    """The reference of a column of this type; None for keys of several columns."""
    if len(constraint.fk_attrs) != 1 or len(constraint.pk_attrs) != 1 or constraint.deferrable:
        return None
    (column,), (referenced,) = name_parts(constraint.fk_attrs), name_parts(constraint.pk_attrs)
    default_name = f"{table.name}_{column}_fkey"
    target = constraint.pktable
    prefix = target.schemaname or None
    return Reference(
        table=target.relname,
        column=Atom(referenced),
        type=Atom("bigserial") if type == Atom("bigint") else type,
        name=None if constraint.conname in ("", default_name) else constraint.conname,
        on_delete=Atom(_ACTIONS.get(constraint.fk_del_action, "nothing")),
        on_update=Atom(_ON_UPDATE.get(constraint.fk_upd_action, "nothing")),
        validate=not constraint.skip_validation,
        match=Atom("full") if constraint.fk_matchtype == "f" else None,
        options=[] if prefix == table.prefix else [(Atom("prefix"), prefix)],
    )


def _command(table: Table, command: Any) -> Command | None:
    make = _COMMANDS.get(pg.AlterTableType.Name(command.subtype))
    return None if make is None else make(table, command)


def _add_constraint(table: Table, command: Any) -> Command | None:
    constraint = getattr(command, "def").constraint
    if not constraint.conname or constraint.is_no_inherit or not constraint.is_enforced:
        return None
    if constraint.contype == pg.CONSTR_CHECK:
        return Create(
            Constraint(
                table=table.name,
                prefix=table.prefix,
                name=constraint.conname,
                check=expression_text(constraint.raw_expr),
                validate=not constraint.skip_validation,
            ),
            if_not_exists=False,
        )
    return None


def _drop_constraint(table: Table, command: Any) -> Command:
    constraint = Constraint(table=table.name, prefix=table.prefix, name=command.name)
    return Drop(constraint, command.missing_ok, _mode(command))


def _mode(node: Any) -> Atom:
    return Atom("cascade" if node.behavior == pg.DROP_CASCADE else "restrict")


def _add_column(table: Table, command: Any) -> Command | None:
    column = getattr(command, "def").column_def
    type, options = ecto_type(column.type_name)
    if column.HasField("coll_clause"):
        options = [*options, (Atom("collation"), ".".join(name_parts(column.coll_clause.collname)))]
    for one in column.constraints:
        constraint = one.constraint
        if constraint.contype == pg.CONSTR_NOTNULL and not constraint.conname:
            options = [*options, (Atom("null"), False)]
        elif constraint.contype == pg.CONSTR_NULL:
            options = [*options, (Atom("null"), True)]
        elif constraint.contype == pg.CONSTR_DEFAULT:
            options = [*options, (Atom("default"), default_of(constraint.raw_expr))]
        else:
            return None
    in_order = sorted(options, key=lambda option: option[0] == Atom("default"))
    return AlterTable(table, (Add(Atom(column.colname), type, in_order, command.missing_ok),))


def default_of(node: Any) -> Value:
    """A constant as itself, all else as a fragment."""
    if node.HasField("a_const"):
        constant = node.a_const
        kind = constant.WhichOneof("val")
        if kind == "sval":
            return constant.sval.sval
        if kind == "boolval":
            return bool(constant.boolval.boolval)
        if kind == "ival":
            return int(constant.ival.ival)
    return FRAGMENT, expression_text(node)


def _alter_type(table: Table, command: Any) -> Command | None:
    column = getattr(command, "def").column_def
    if column.HasField("raw_default") or column.HasField("coll_clause"):
        return None
    type, options = ecto_type(column.type_name)
    return AlterTable(table, (Modify(Atom(command.name), type, options),))


def _drop_column(table: Table, command: Any) -> Command | None:
    if command.behavior == pg.DROP_CASCADE:
        return None
    return AlterTable(table, (Remove(Atom(command.name), if_exists=command.missing_ok),))


_COMMANDS: dict[str, Callable[[Table, Any], Command | None]] = {
    "AT_AddConstraint": _add_constraint,
    "AT_DropConstraint": _drop_constraint,
    "AT_AddColumn": _add_column,
    "AT_AlterColumnType": _alter_type,
    "AT_DropColumn": _drop_column,
}
