"""Commands → the calls that a migration makes them with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from checks.ecto.objects import (
    Add,
    AlterTable,
    Command,
    Constraint,
    Create,
    CreateTable,
    Drop,
    Execute,
    Index,
    Modify,
    Options,
    Reference,
    Remove,
    RenameColumn,
    RenameIndex,
    RenameTable,
    Subcommand,
    Table,
)
from checks.ecto.sql.defaults import FRAGMENT
from checks.ecto.write.indexes import has_default_name
from checks.ecto.write.layout import Call, Expression, Heredoc, ListOf, flat
from checks.ecto.write.literals import atom, string, table_name, value
from checks.elixir.values import Atom, Value, atom_name

_LONG = 83
"""A longer statement does not fit on a line of its own: it goes into a heredoc, as one with quoted names does."""
_KEY = Atom("bigserial")
"""What a reference is of when nothing is said."""
_Options = tuple[tuple[str, Expression], ...]


def call_of(command: Command) -> Call:
    match command:
        case Execute():
            texts = [command.up, command.down] if command.has_down else [command.up]
            return Call("execute", tuple(map(_statement, texts)), parens=False)
        case AlterTable(table=table, changes=changes):
            return Call("alter", (_table(table),), parens=False, block=tuple(map(_change, changes)))
        case Create(object=object):
            name = "create_if_not_exists" if command.if_not_exists else "create"
            return Call(name, (_object(object),), parens=False)
        case Drop(object=dropped):
            return Call(
                "drop_if_exists" if command.if_exists else "drop",
                (_table(dropped) if isinstance(dropped, Table) else _object(dropped),),
                (("mode", ":cascade"),) if command.mode == Atom("cascade") else (),
                parens=False,
            )
        case RenameTable(table=table, to=to):
            return Call("rename", (_table(table),), (("to", _table(to)),), parens=False)
        case RenameColumn(table=table, column=column, to=new):
            return Call("rename", (_table(table), value(column)), (("to", value(new)),), parens=False)
        case RenameIndex(index=index, to=new):
            return Call("rename", (_object(index),), (("to", value(new)),), parens=False)
        case CreateTable():
            raise NotImplementedError("a table that is created is left as its author wrote it")


def _statement(sql: Value) -> Expression:
    text = str(sql)
    return Heredoc(text) if "\n" in text or '"' in text or len(text) > _LONG else string(text)


def _table(table: Table) -> Call:
    return Call("table", (table_name(str(table.name)),), tuple(_prefix(table.prefix)))


def _prefix(prefix: Value) -> Iterator[tuple[str, Expression]]:
    if prefix is not None:
        yield "prefix", value(prefix)


def _object(object: Index | Constraint) -> Call:
    if isinstance(object, Index):
        name = "unique_index" if object.unique else "index"
        arguments = (table_name(str(object.table)), ListOf(tuple(map(value, object.columns))))
        return Call(name, arguments, tuple(_index_options(object)))
    named = (table_name(str(object.table)), atom(str(object.name)))
    return Call("constraint", named, tuple(_constraint_options(object)))


def _index_options(index: Index) -> Iterator[tuple[str, Expression]]:
    if not has_default_name(index):
        yield "name", atom(str(index.name))
    yield from _prefix(index.prefix)
    if index.using:
        yield "using", value(index.using)
    if index.include:
        yield "include", ListOf(tuple(map(value, index.include)))
    if index.nulls_distinct is not None:
        yield "nulls_distinct", value(index.nulls_distinct)
    if index.only:
        yield "only", "true"
    if index.options is not None:
        yield "options", value(index.options)
    if index.where:
        yield "where", value(index.where)
    if index.concurrently:
        yield "concurrently", "true"


def _constraint_options(constraint: Constraint) -> Iterator[tuple[str, Expression]]:
    yield from _prefix(constraint.prefix)
    if constraint.check is not None:
        yield "check", value(constraint.check)
    if constraint.validate is False:
        yield "validate", "false"


def _change(change: Subcommand) -> Call:
    match change:
        case Add():
            name = "add_if_not_exists" if change.if_not_exists else "add"
            return _column(name, change.column, change.type, change.options)
        case Modify():
            return _column("modify", change.column, change.type, change.options)
        case Remove(type=None):
            name = "remove_if_exists" if change.if_exists else "remove"
            return Call(name, (value(change.column),), parens=False)
        case Remove():
            return _column("remove", change.column, change.type, change.options or [])


def _column(name: str, column: Value, type: Value, options: Options) -> Call:
    return Call(name, (value(column), _type(type)), _keywords(options), parens=False)


def _keywords(options: Iterable[tuple[Value, Value]]) -> _Options:
    return tuple((atom_name(key), _option(constant)) for key, constant in options)


def _option(constant: Value) -> Expression:
    if isinstance(constant, tuple) and constant[0] == FRAGMENT:
        return Call("fragment", (string(constant[1]),))
    return _type(constant)


def _type(type: Value) -> Expression:
    if isinstance(type, Reference):
        return Call("references", (table_name(str(type.table)),), tuple(_reference_options(type)))
    if isinstance(type, tuple):
        return "{" + ", ".join(_inside(part) for part in type) + "}"
    return value(type)


def _inside(part: Value) -> str:
    """Of a tuple: a type, or the options behind it."""
    if isinstance(part, list):
        return "[]" if not part else ", ".join(f"{key}: {flat(one)}" for key, one in _keywords(part))
    return flat(_type(part))


def _reference_options(reference: Reference) -> Iterator[tuple[str, Expression]]:
    if reference.name is not None:
        yield "name", value(reference.name)
    for _, prefix in reference.options:
        yield "prefix", value(prefix)
    if reference.column != Atom("id"):
        yield "column", value(reference.column)
    if reference.type != _KEY:
        yield "type", _type(reference.type)
    for option in ("on_delete", "on_update"):
        action = getattr(reference, option)
        if action != Atom("nothing"):
            yield option, value(action)
    if reference.match is not None:
        yield "match", value(reference.match)
    if reference.validate is False:
        yield "validate", "false"
