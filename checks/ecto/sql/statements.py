"""One command → its statements, in the order in which the adapter sends them."""

from __future__ import annotations

from checks.ecto.objects import (
    AlterTable,
    Command,
    Constraint,
    Create,
    CreateTable,
    Drop,
    Execute,
    Index,
    RenameColumn,
    RenameIndex,
    RenameTable,
    Table,
)
from checks.ecto.sql import columns, indexes
from checks.ecto.sql.names import comment_on, drop_mode, qualified, quoted
from checks.elixir.show import inspect
from checks.elixir.stops import RaisedError
from checks.elixir.values import Value


def statements_of(command: Command, map_type: str) -> list[str]:
    """Raises RaisedError for what the adapter refuses. ``Execute`` has what it executes in ``up``."""
    match command:
        case CreateTable():
            return _create_table(command, map_type)
        case AlterTable():
            return _alter_table(command, map_type)
        case Create(object=Index() as index):
            return indexes.create_index(index, if_not_exists=command.if_not_exists)
        case Create(object=Constraint() as constraint):
            return indexes.create_constraint(command, constraint)
        case Drop(object=Table() as table):
            condition = "IF EXISTS " if command.if_exists else ""
            return [f"DROP TABLE {condition}{qualified(table.prefix, table.name)}{drop_mode(command.mode)}"]
        case Drop(object=Index() as index):
            return indexes.drop_index(command, index)
        case Drop(object=Constraint() as constraint):
            return indexes.drop_constraint(command, constraint)
        case RenameTable(table=table, to=to):
            return [f"ALTER TABLE {qualified(table.prefix, table.name)} RENAME TO {quoted(to.name)}"]
        case RenameColumn(table=table):
            renamed = f"RENAME {quoted(command.column)} TO {quoted(command.to)}"
            return [f"ALTER TABLE {qualified(table.prefix, table.name)} {renamed}"]
        case RenameIndex():
            return indexes.rename_index(command)
        case Execute(up=str() as sql):
            return [sql]
        case _:
            message = "PostgreSQL adapter does not support keyword lists in execute"
            raise RaisedError("ArgumentError", message)


def _create_table(command: CreateTable, map_type: str) -> list[str]:
    table, name = command.table, qualified(command.table.prefix, command.table.name)
    condition = "IF NOT EXISTS " if command.if_not_exists else ""
    modifiers = _modifiers(table.modifiers)
    defined = columns.definitions(table, command.columns, map_type)
    key = columns.primary_key_clause(command.columns, ", ")
    created = f"CREATE {modifiers}TABLE {condition}{name} ({defined}{key}){_options(table.options)}"
    return [created, *comment_on("TABLE", name, table.comment), *columns.comments(name, command.columns)]


def _alter_table(command: AlterTable, map_type: str) -> list[str]:
    table, name = command.table, qualified(command.table.prefix, command.table.name)
    changed = columns.changes(table, command.changes, map_type)
    key = columns.primary_key_clause(command.changes, ", ADD ")
    altered = f"ALTER TABLE {name} {changed}{key}"
    return [altered, *comment_on("TABLE", name, table.comment), *columns.comments(name, command.changes)]


def _modifiers(modifiers: Value) -> str:
    if modifiers is None:
        return ""
    if not isinstance(modifiers, str):
        message = f"PostgreSQL adapter expects :modifiers to be a string or nil, got {inspect(modifiers)}"
        raise RaisedError("ArgumentError", message)
    return f"{modifiers} "


def _options(options: Value) -> str:
    if options is None:
        return ""
    if not isinstance(options, str):
        message = "PostgreSQL adapter does not support keyword lists in :options"
        raise RaisedError("ArgumentError", message)
    return f" {options}"
