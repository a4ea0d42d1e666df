"""One SQL statement → the commands that Ecto has a word for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from postgast import pg_query_pb2 as pg

from checks.ecto.objects import (
    Add,
    AlterTable,
    Command,
    Create,
    Drop,
    Execute,
    Index,
    Modify,
    Remove,
    RenameColumn,
    RenameIndex,
    RenameTable,
    Subcommand,
    Table,
)
from checks.ecto.sql import statements_of
from checks.ecto.sql.types import MAP_TYPE
from checks.ecto.write.equal import commands_in
from checks.ecto.write.gathering import gathered
from checks.ecto.write.indexes import create_index, drop_index, rename_index
from checks.ecto.write.tables import alter_table
from checks.elixir.stops import DynamicError, RaisedError
from checks.elixir.values import Atom
from checks.sql.parse import name_parts, parse, unwrap


def commands_of(sql: str, back: Sequence[str] = ()) -> list[Command] | None:
    """None when Ecto has no words for it, or none that give this statement again.

    ``back``: statements that lead back, which tell what an index or a column was that is dropped.
    """
    found = _commands(parse(sql))
    if not found or sorted(commands_in(sent_by(found))) != sorted(commands_in([sql])):
        return None
    known = [told(command, back) for command in found]
    return known if all(_says_its_table(command) for command in known) else None


def sent_by(commands: list[Command]) -> list[str]:
    """What Ecto sends for them; nothing when it refuses one of them."""
    try:
        return [sql for command in commands for sql in statements_of(command, MAP_TYPE)]
    except (RaisedError, DynamicError):
        return []


def told(command: Command, back: Sequence[str]) -> Command:
    """With what the way back says of it, so that Ecto can turn it around."""
    others = [other for sql in back for other in _commands(parse(sql)) or []]
    match command:
        case Drop(object=Index() as index):
            made = [one.object for one in others if isinstance(one, Create) and isinstance(one.object, Index)]
            same = (one for one in made if (one.name, one.prefix) == (index.name, index.prefix))
            return next(
                (replace(command, object=replace(one, concurrently=index.concurrently)) for one in same),
                command,
            )
        case AlterTable(table=table, changes=changes):
            there = [
                change
                for one in others
                if isinstance(one, AlterTable) and one.table == table
                for change in one.changes
            ]
            return AlterTable(table, tuple(_told(change, there) for change in changes))
        case _:
            return command


def _told(change: Subcommand, back: Sequence[Subcommand]) -> Subcommand:
    match change:
        case Remove(type=None, if_exists=False):
            added = (one for one in back if isinstance(one, Add) and one.column == change.column)
            return next((Remove(one.column, one.type, one.options) for one in added), change)
        case Modify():
            types = (one for one in back if isinstance(one, Modify) and one.column == change.column)
            return next((_from(change, one) for one in types), change)
        case _:
            return change


def _from(change: Modify, back: Modify) -> Modify:
    origin = (back.type, back.options) if back.options or change.options else back.type
    return replace(change, options=[*change.options, (Atom("from"), origin)])


def _says_its_table(command: Command) -> bool:
    """DROP INDEX and ALTER INDEX do not, and Ecto's words do."""
    match command:
        case Drop(object=Index() as index) | RenameIndex(index=index):
            return bool(index.table)
        case _:
            return True


def _commands(node: Any) -> list[Command] | None:
    match type(node).__name__:
        case "AlterTableStmt":
            return _all_or_none(gathered(alter_table(node) or []))
        case "IndexStmt":
            made = create_index(node)
            return None if made is None else [made]
        case "DropStmt" if len(node.objects) == 1:
            return _drop(node)
        case "RenameStmt":
            return _rename(node)
        case _:
            return None


def _all_or_none(commands: list[Command]) -> list[Command] | None:
    return None if any(isinstance(command, Execute) for command in commands) else commands


def _drop(node: Any) -> list[Command] | None:
    if node.remove_type not in (pg.OBJECT_INDEX, pg.OBJECT_TABLE):
        return None
    dropped: Any = unwrap(node.objects[0])
    name = name_parts(dropped.items)
    if node.remove_type == pg.OBJECT_INDEX:
        return [drop_index(name, node)]
    mode = Atom("cascade" if node.behavior == pg.DROP_CASCADE else "restrict")
    return [Drop(Table(name=name[-1], prefix=name[-2] if len(name) > 1 else None), node.missing_ok, mode)]


def _rename(node: Any) -> list[Command] | None:
    if node.missing_ok:
        return None
    prefix = node.relation.schemaname or None
    table = Table(name=node.relation.relname, prefix=prefix)
    if node.rename_type == pg.OBJECT_TABLE:
        return [RenameTable(table, Table(name=node.newname, prefix=prefix))]
    if node.rename_type == pg.OBJECT_COLUMN and node.relation_type == pg.OBJECT_TABLE:
        return [RenameColumn(table, Atom(node.subname), Atom(node.newname))]
    return [rename_index(node)] if node.rename_type == pg.OBJECT_INDEX else None
