"""Neighbours that belong into one block: changes of a table, a foreign key and its new column, NOT NULL and its type."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from postgast import pg_query_pb2 as pg

from checks.ecto.objects import Add, AlterTable, Command, Execute, Modify, Reference, Table
from checks.ecto.write.tables import default_of, foreign_key, joined
from checks.elixir.values import Atom, Value, pair_of
from checks.sql.parse import name_parts, parse

_NULLABLE = {pg.AT_SetNotNull: False, pg.AT_DropNotNull: True}


def gathered(commands: Sequence[Command]) -> list[Command]:
    result: list[Command] = []
    for command in joined(list(commands)):
        last = result[-1] if result else None
        together = _together(last, command) if isinstance(last, AlterTable) else None
        if together is None:
            result.append(command)
        else:
            result[-1] = together
    return joined(result)


def _together(block: AlterTable, command: Command) -> AlterTable | None:
    """The block with what the command does, when it is about one of its columns."""
    altered = _altered(command.up, block.table) if isinstance(command, Execute) else None
    if altered is None or not isinstance(command, Execute):
        return None
    constraint = getattr(altered, "def").constraint
    if constraint.contype == pg.CONSTR_FOREIGN:
        return _with_key(block, constraint)
    own = block.changes[-1]
    if not isinstance(own, Modify) or own.column != Atom(altered.name):
        return None
    if altered.subtype in _NULLABLE:
        return _with_null(block, own, altered, command)
    if altered.subtype == pg.AT_ColumnDefault and not command.has_down:
        return _with_default(block, own, altered)
    return None


def _altered(sql: Value, table: Table) -> Any:
    """The one command of an ALTER TABLE of this table."""
    node: Any = parse(sql) if isinstance(sql, str) else None
    if type(node).__name__ != "AlterTableStmt" or len(node.cmds) != 1:
        return None
    named = Table(name=node.relation.relname, prefix=node.relation.schemaname or None)
    return node.cmds[0].alter_table_cmd if named == table else None


def _with_key(block: AlterTable, constraint: Any) -> AlterTable | None:
    columns = [Atom(name) for name in name_parts(constraint.fk_attrs)]
    own = next((change for change in block.changes if [change.column] == columns), None)
    if not isinstance(own, (Add, Modify)) or isinstance(own.type, Reference):
        return None
    reference = foreign_key(constraint, own.type, block.table)
    if reference is None:
        return None
    changes = (replace(change, type=reference) if change is own else change for change in block.changes)
    return AlterTable(block.table, tuple(changes))


def _with_null(block: AlterTable, own: Modify, altered: Any, command: Execute) -> AlterTable | None:
    """``modify :c, :text, null: false, from: {:string, null: true}``"""
    back = _altered(command.down, block.table) if command.has_down else None
    given, origin = pair_of(own.options, "from")
    if pair_of(own.options, "null")[0]:
        return None
    options = [option for option in own.options if option[0] != Atom("from")]
    options.append((Atom("null"), _NULLABLE[altered.subtype]))
    if given and back is not None and back.subtype in _NULLABLE:
        type, others = origin if isinstance(origin, tuple) and isinstance(origin[1], list) else (origin, [])
        there = (type, [*others, (Atom("null"), _NULLABLE[back.subtype])])
        options.append((Atom("from"), there))
    elif given:
        options.append((Atom("from"), origin))
    return AlterTable(block.table, (*block.changes[:-1], replace(own, options=options)))


def _with_default(block: AlterTable, own: Modify, altered: Any) -> AlterTable | None:
    """DROP DEFAULT has no word: ``default: nil`` sets one."""
    node = getattr(altered, "def")
    if pair_of(own.options, "default")[0] or node.WhichOneof("node") is None:
        return None
    options = [*own.options, (Atom("default"), default_of(node))]
    return AlterTable(block.table, (*block.changes[:-1], replace(own, options=options)))
