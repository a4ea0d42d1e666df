"""What ``change`` does on the way down: each command turned around, or refused.

Source: ``reverse/1``, ``table_reverse/2`` and ``command/1`` of ecto_sql's ``lib/ecto/migration/runner.ex``.
"""

from __future__ import annotations

from dataclasses import replace

from checks.ecto.objects import (
    Add,
    AlterTable,
    Command,
    Create,
    CreateTable,
    Drop,
    Execute,
    Index,
    Modify,
    Options,
    Remove,
    RenameColumn,
    RenameIndex,
    RenameTable,
    Subcommand,
    Table,
    spelled,
)
from checks.elixir.show import inspect
from checks.elixir.stops import RaisedError
from checks.elixir.values import Atom, Value, atom_name, is_atom, pair_of

RESTRICT = Atom("restrict")
_FROM = Atom("from")


def reverse(command: Command, line: int) -> Command:
    """The command that undoes it. Raises RaisedError with Ecto's words when it is irreversible."""
    reversed_ = _reversed(command)
    if reversed_ is None:
        message = (
            f"cannot reverse migration command: {described(command)}. "
            "You will need to explicitly define up/0 and down/0 in your migration"
        )
        raise RaisedError("Ecto.MigrationError", message, line)
    return reversed_


def _reversed(command: Command) -> Command | None:
    match command:
        case Create(object=object, if_not_exists=conditional):
            return Drop(object, conditional, RESTRICT)
        case CreateTable(table=table, if_not_exists=conditional):
            return Drop(table, conditional, RESTRICT)
        case Drop(object=Index() as index, if_exists=conditional):
            return Create(index, conditional)
        case RenameIndex(index=index, to=to):
            return RenameIndex(replace(index, name=to), index.name)
        case RenameTable(table=table, to=to):
            return RenameTable(to, table)
        case RenameColumn(table=table, column=column, to=to):
            return RenameColumn(table, to, column)
        case AlterTable(table=table, changes=changes):
            undone = [_undone(change) for change in reversed(changes)]
            kept = tuple(change for change in undone if change is not None)
            return AlterTable(table, kept) if len(kept) == len(undone) else None
        case _:
            return None


def _undone(change: Subcommand) -> Subcommand | None:
    match change:
        case Add(if_not_exists=False):
            return Remove(change.column, change.type, [])
        case Remove(if_exists=False, options=list() as options):
            return Add(change.column, change.type, options)
        case Modify():
            return _modified_back(change)
        case _:
            return None


def _modified_back(change: Modify) -> Modify | None:
    """To the type in ``from:``. A bare type there keeps the options of the way up, which is a trap."""
    _, origin = pair_of(change.options, "from")
    if origin is None:
        return None
    if isinstance(origin, tuple) and len(origin) == 2 and isinstance(origin[1], list):
        there = (change.type, _without_from(change.options))
        return Modify(change.column, origin[0], [(_FROM, there), *_without_from(origin[1])])
    return Modify(change.column, origin, [(_FROM, change.type), *_without_from(change.options)])


def _without_from(options: Options) -> Options:
    return [pair for pair in options if pair[0] != _FROM]


def described(command: Command) -> str:
    """The command in the words of Ecto's log and errors."""
    match command:
        case Execute():
            return f"execute {inspect(command.up)}"
        case CreateTable(table=table):
            condition = " if not exists" if command.if_not_exists else ""
            return f"create {_kind(table)}{condition} {spelled(table.prefix, table.name)}"
        case AlterTable(table=table):
            return f"alter table {spelled(table.prefix, table.name)}"
        case Drop():
            return _dropped(command)
        case Create(object=object):
            return f"create {spelled(object.prefix, object.name)}"
        case RenameTable():
            return f"rename table {spelled(command.table.prefix, command.table.name)}"
        case RenameColumn():
            return f"rename column {_text(command.column)} to {_text(command.to)}"
        case RenameIndex():
            return f"rename index {spelled(command.index.prefix, command.index.name)}"


def _kind(table: Table) -> str:
    return f"{table.modifiers} table" if isinstance(table.modifiers, str) else "table"


def _dropped(command: Drop) -> str:
    object = command.object
    condition = " if exists" if command.if_exists else ""
    mode = " cascade" if command.mode == Atom("cascade") else ""
    match object:
        case Table():
            return f"drop table{condition} {spelled(object.prefix, object.name)}{mode}"
        case Index():
            return f"drop index{condition} {spelled(object.prefix, object.name)}{mode}"
        case _:
            table = spelled(object.prefix, object.table)
            return f"drop constraint{condition} {_text(object.name)} from table {table}"


def _text(name: Value) -> str:
    return atom_name(name) if is_atom(name) else str(name)
