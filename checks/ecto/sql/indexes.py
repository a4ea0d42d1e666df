"""Indexes and constraints."""

from __future__ import annotations

from checks.ecto.objects import Constraint, Create, Drop, Index, RenameIndex
from checks.ecto.sql.names import comment_on, drop_mode, qualified, quoted, text_of
from checks.ecto.sql.references import not_valid
from checks.elixir.show import inspect
from checks.elixir.stops import DynamicError, RaisedError
from checks.elixir.values import Atom, Value, is_truthy

_DIRECTIONS = {
    "asc": " ASC",
    "asc_nulls_first": " ASC NULLS FIRST",
    "asc_nulls_last": " ASC NULLS LAST",
    "desc": " DESC",
    "desc_nulls_first": " DESC NULLS FIRST",
    "desc_nulls_last": " DESC NULLS LAST",
}


def create_index(index: Index, *, if_not_exists: bool) -> list[str]:
    columns = ", ".join(_column(column) for column in index.columns)
    include = ", ".join(_expression(column) for column in index.include)
    parts = (
        "CREATE ",
        "UNIQUE " if is_truthy(index.unique) else "",
        "INDEX ",
        "CONCURRENTLY " if is_truthy(index.concurrently) else "",
        "IF NOT EXISTS " if if_not_exists else "",
        f"{quoted(index.name)} ON ",
        "ONLY " if is_truthy(index.only) else "",
        qualified(index.prefix, index.table),
        f" USING {text_of(index.using)}" if is_truthy(index.using) else "",
        f" ({columns})",
        f" INCLUDE ({include})" if include else "",
        _nulls(index.nulls_distinct),
        f" WITH ({_text(index.options)})" if index.options is not None else "",
        f" WHERE {text_of(index.where)}" if is_truthy(index.where) else "",
    )
    return ["".join(parts), *comment_on("INDEX", qualified(index.prefix, index.name), index.comment)]


def drop_index(command: Drop, index: Index) -> list[str]:
    concurrently = "CONCURRENTLY " if is_truthy(index.concurrently) else ""
    condition = "IF EXISTS " if command.if_exists else ""
    name = qualified(index.prefix, index.name)
    return [f"DROP INDEX {concurrently}{condition}{name}{drop_mode(command.mode)}"]


def rename_index(command: RenameIndex) -> list[str]:
    name = qualified(command.index.prefix, command.index.name)
    return [f"ALTER INDEX {name} RENAME TO {quoted(command.to)}"]


def create_constraint(command: Create, constraint: Constraint) -> list[str]:
    table = qualified(constraint.prefix, constraint.table)
    if constraint.check is None and constraint.exclude is None:
        raise RaisedError("ArgumentError", "a constraint must have either a check or exclude option")
    if isinstance(constraint.check, str) and isinstance(constraint.exclude, str):
        raise RaisedError("ArgumentError", "a constraint must not have both check and exclude options")
    if isinstance(constraint.check, str):
        rule = f"CHECK ({constraint.check})"
    else:
        rule = f"EXCLUDE USING {_text(constraint.exclude)}"
    name = quoted(constraint.name)
    added = f"ALTER TABLE {table} ADD CONSTRAINT {name} {rule}{not_valid(constraint.validate)}"
    return [added, *comment_on("CONSTRAINT", f"{name} ON {table}", constraint.comment)]


def drop_constraint(command: Drop, constraint: Constraint) -> list[str]:
    table, name = qualified(constraint.prefix, constraint.table), quoted(constraint.name)
    condition = "IF EXISTS " if command.if_exists else ""
    return [f"ALTER TABLE {table} DROP CONSTRAINT {condition}{name}{drop_mode(command.mode)}"]


def _column(column: Value) -> str:
    if not isinstance(column, tuple):
        return _expression(column)
    direction = _DIRECTIONS.get(column[0].name) if len(column) == 2 and isinstance(column[0], Atom) else None
    if direction is None:
        where = "Ecto.Adapters.Postgres.Connection.index_dir/2"
        raise RaisedError("FunctionClauseError", f"no function clause matching in {where}")
    return _expression(column[1]) + direction


def _expression(column: Value) -> str:
    """A string is an expression and stays as it is."""
    return column if isinstance(column, str) else quoted(column)


def _nulls(distinct: Value) -> str:
    if distinct is None:
        return ""
    if not isinstance(distinct, bool):
        raise RaisedError("CaseClauseError", f"no case clause matching: {inspect(distinct)}")
    return " NULLS DISTINCT" if distinct else " NULLS NOT DISTINCT"


def _text(value: Value) -> str:
    if not isinstance(value, str):
        raise DynamicError(f"{inspect(value)[:60]} stands where a string is expected", 0)
    return value
