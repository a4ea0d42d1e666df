"""Columns of CREATE TABLE, and the changes of ALTER TABLE."""

from __future__ import annotations

from collections.abc import Iterable

from checks.ecto.objects import Add, Modify, Options, Reference, Remove, Subcommand, Table
from checks.ecto.sql.defaults import default
from checks.ecto.sql.names import comment_on, quoted, quoted_list
from checks.ecto.sql.references import dropped_before, dropped_if_exists, foreign_key
from checks.ecto.sql.types import column_type, key_type
from checks.elixir.stops import DynamicError
from checks.elixir.values import Value, is_truthy, pair_of


def definitions(table: Table, columns: Iterable[Subcommand], map_type: str) -> str:
    """What stands in the parentheses of CREATE TABLE, but for the primary key."""
    return ", ".join(_definition(table, column, map_type) for column in columns)


def changes(table: Table, subcommands: Iterable[Subcommand], map_type: str) -> str:
    return ", ".join(_change(table, change, map_type) for change in subcommands)


def primary_key(subcommands: Iterable[Subcommand]) -> list[Value]:
    """Of added and modified columns those that are marked as part of it."""
    return [
        change.column
        for change in subcommands
        if isinstance(change, (Add, Modify)) and is_truthy(pair_of(change.options, "primary_key")[1])
    ]


def primary_key_clause(subcommands: Iterable[Subcommand], before: str) -> str:
    columns = primary_key(subcommands)
    return f"{before}PRIMARY KEY ({quoted_list(columns)})" if columns else ""


def comments(table: str, subcommands: Iterable[Subcommand]) -> list[str]:
    """``table`` quoted. Removed columns have none."""
    return [
        comment
        for change in subcommands
        if isinstance(change, (Add, Modify))
        for comment in comment_on(
            "COLUMN", f"{table}.{quoted(change.column)}", pair_of(change.options, "comment")[1]
        )
    ]


def _definition(table: Table, column: Subcommand, map_type: str) -> str:
    if not isinstance(column, Add) or column.if_not_exists:
        raise DynamicError("only `add` can stand in the block of `create table`", 0)
    return _added(table, column, map_type, ", ")


def _added(table: Table, column: Add, map_type: str, before_constraint: str) -> str:
    name, options = quoted(column.column), column.options
    if isinstance(column.type, Reference):
        type = key_type(column.type.type, options, map_type)
        with_options = _options(column.type.type, options, map_type)
        constraint = foreign_key(column.type, table, column.column)
        return f"{name} {type}{with_options}{before_constraint}{constraint}"
    return f"{name} {column_type(column.type, options, map_type)}{_options(column.type, options, map_type)}"


def _options(type: Value, options: Options, map_type: str) -> str:
    has_default, value = pair_of(options, "default")
    shown = f" DEFAULT {default(value, type, map_type)}" if has_default else ""
    null = pair_of(options, "null")[1]
    nullable = (" NULL" if null else " NOT NULL") if isinstance(null, bool) else ""
    return shown + nullable + _collation(options)


def _collation(options: Options) -> str:
    given, collation = pair_of(options, "collation")
    if given and not isinstance(collation, str):
        raise DynamicError("a collation that is no string", 0)
    return f' COLLATE "{collation}"' if given else ""


def _change(table: Table, change: Subcommand, map_type: str) -> str:
    match change:
        case Add():
            condition = "IF NOT EXISTS " if change.if_not_exists else ""
            return f"ADD COLUMN {condition}{_added(table, change, map_type, ', ADD ')}"
        case Modify():
            return _modified(table, change, map_type)
        case Remove(if_exists=True):
            before = dropped_if_exists(change.type, table, change.column)
            return f"{before}DROP COLUMN IF EXISTS {quoted(change.column)}"
        case Remove():
            return f"{dropped_before(change.type, table, change.column)}DROP COLUMN {quoted(change.column)}"


def _modified(table: Table, change: Modify, map_type: str) -> str:
    name, options = quoted(change.column), change.options
    before = dropped_before(pair_of(options, "from")[1], table, change.column)
    if isinstance(change.type, Reference):
        own_type = change.type.type
        type = (
            f"{key_type(own_type, options, map_type)}, ADD {foreign_key(change.type, table, change.column)}"
        )
    else:
        own_type, type = change.type, column_type(change.type, options, map_type)
    rest = _nullability(name, options) + _new_default(name, own_type, options, map_type) + _collation(options)
    return f"{before}ALTER COLUMN {name} TYPE {type}{rest}"


def _nullability(name: str, options: Options) -> str:
    null = pair_of(options, "null")[1]
    if null is None:
        return ""
    if not isinstance(null, bool):
        raise DynamicError("`null:` is neither true nor false", 0)
    return f", ALTER COLUMN {name} {'DROP' if null else 'SET'} NOT NULL"


def _new_default(name: str, type: Value, options: Options, map_type: str) -> str:
    given, value = pair_of(options, "default")
    return f", ALTER COLUMN {name} SET DEFAULT {default(value, type, map_type)}" if given else ""
